"""Clusters and silhouettes: the same as scikit-learn's, point by point, whatever the points."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from journeylab.analysis.k_means import k_means, silhouette


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(20, 600),
    columns=st.integers(1, 8),
    k=st.integers(2, 8),
    form=st.sampled_from(["round", "apart", "whole", "few"]),
    weighted=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_clusters_are_those_of_scikit_learn(seed, rows, columns, k, form, weighted):
    """Round clouds, clusters apart, whole numbers with ties, and fewer points than clusters."""
    drawn = np.random.default_rng(seed)
    points = {
        "round": lambda: drawn.normal(size=(rows, columns)),
        "apart": lambda: (
            drawn.normal(size=(rows, columns)) + 4 * drawn.integers(0, 3, (rows, columns))
        ),
        "whole": lambda: drawn.integers(0, 3, (rows, columns)).astype(float),
        "few": lambda: drawn.normal(size=(7, columns))[drawn.integers(0, 7, rows)],
    }[form]()
    weights = drawn.integers(1, 4, rows) if weighted else None

    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fewer different points than clusters
        model = KMeans(n_clusters=k, n_init=3, random_state=seed)
        wanted = model.fit(points, sample_weight=weights).labels_
        found = k_means(points, weights, k, seed=seed, starts=3)

        assert found.tolist() == wanted.tolist()
        if 1 < len(np.unique(wanted)) < rows:
            told = silhouette_score(points, wanted)
            assert silhouette(points, found) == pytest.approx(told, abs=1e-11)


def test_a_point_alone_in_its_cluster_has_no_silhouette():
    """Two points at 0 and 1, one alone at 10: (9/10 + 8/9 + 0) / 3 of 10-1 and 9-1."""
    points = np.array([[0.0], [1.0], [10.0]])

    told = silhouette(points, np.array([0, 0, 1]))

    assert told == pytest.approx(((10 - 1) / 10 + (9 - 1) / 9 + 0) / 3)


def test_no_start_is_refused():
    """Nothing can be settled from no start."""
    with pytest.raises(ValueError, match="no start"):
        k_means(np.zeros((3, 1)), None, 2, seed=0, starts=0)
