"""The questions of a Lab, a module for each kind: signatures, what they mean, whom they ask.

A question is a function whose first argument is the Lab; ``journeylab.lab.opening`` lists all of
them in the class. They may use what a Lab keeps to itself, and hold no state of their own.
"""
