-- model:  core.survey_answers
-- about:  What customers were asked for and answered: one invitation, one score or both per customer, survey and conversation; the latest score counts. An invitation belongs to a score of the same conversation, else to one at most 7 days later.
-- scope:  customer
-- grain:  one row per survey asked or answered
-- key:    customer_key, survey, asked_number
-- reads:  core.events, core.touchpoints, staging.events
-- column: customer_key    | integer   | Customer.
-- column: survey          | varchar   | 'csat' or 'nps'.
-- column: asked_number    | integer   | event_number of the invitation; without one, of the score.
-- column: asked_at        | timestamp | Its instant, UTC.
-- column: conversation_id | varchar   | Conversation it belongs to; null for none.
-- column: is_invited      | boolean   | Whether there was an invitation.
-- column: score           | double    | The score, 1 to 5 for csat, 0 to 10 for nps; null without an answer.

with

told as (
    select
        events.customer_key,
        events.event_number,
        events.occurred_at,
        touchpoints.survey,
        touchpoints.is_invitation,
        staged.conversation_id,
        staged.score
    from core.events
    inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
    inner join staging.events as staged on events.event_key = staged.event_key
    where
        touchpoints.survey is not null
        and not staged.is_bot
        and (
            touchpoints.is_invitation
            or touchpoints.survey = 'csat' and staged.score between 1 and 5
            or touchpoints.survey = 'nps' and staged.score between 0 and 10
        )
),

invited as (
    select
        replies.customer_key,
        replies.survey,
        replies.event_number,
        max(invitations.event_number) filter (
            where invitations.conversation_id = replies.conversation_id
        ) as same_number,
        max(invitations.event_number) as last_number
    from told as replies
    inner join told as invitations
        on
            replies.customer_key = invitations.customer_key
            and replies.survey = invitations.survey
            and replies.event_number > invitations.event_number
            and case
                when replies.conversation_id != invitations.conversation_id then false
                when replies.conversation_id = invitations.conversation_id then true
                else replies.occurred_at - invitations.occurred_at <= to_days(7)
            end
    where not replies.is_invitation and invitations.is_invitation
    group by replies.customer_key, replies.survey, replies.event_number
),

paired as (
    select
        told.*,
        if(
            told.is_invitation,
            told.event_number,
            coalesce(invited.same_number, invited.last_number)
        ) as invitation_number
    from told
    left join invited
        on
            told.customer_key = invited.customer_key
            and told.survey = invited.survey
            and told.event_number = invited.event_number
            and not told.is_invitation
),

asked as (
    select
        customer_key,
        survey,
        coalesce(invitation_number, event_number) as asked_number,
        invitation_number is not null as is_invited,
        min(occurred_at) as asked_at,
        max(event_number) filter (where not is_invitation) as reply_number,
        max_by(score, event_number) filter (where not is_invitation) as score,
        min_by(conversation_id, event_number) as conversation_id
    from paired
    group by customer_key, survey, coalesce(invitation_number, event_number), invitation_number
)

-- Of several in one conversation the one with the latest score stays, else the last.
select
    customer_key,
    survey,
    asked_number,
    asked_at,
    conversation_id,
    is_invited,
    score
from asked
qualify
    row_number() over (
        partition by
            customer_key, survey, conversation_id, if(conversation_id is null, asked_number, 0)
        order by reply_number desc nulls last, asked_number desc
    ) = 1
order by customer_key, survey, asked_number
