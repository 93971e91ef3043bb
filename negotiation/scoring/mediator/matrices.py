"""Sparse matrices in the few forms that the mediator needs, all of them CSR and float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from negotiation.scoring.exact import Floats

Matrix = sparse.csr_array


def below(*blocks: Any) -> Matrix:
    """Put matrices of one width under each other. Shape (sum of rows, columns)."""
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))


def beside(*blocks: Any) -> Matrix:
    """Put matrices of one height beside each other. Shape (rows, sum of columns)."""
    return sparse.csr_array(sparse.hstack(blocks, format="csr"))


def widened(matrix: Matrix, columns: int) -> Matrix:
    """Add so many empty columns on the right."""
    return beside(matrix, sparse.csr_array((matrix.shape[0], columns)))


def row(values: Floats) -> Matrix:
    """One row. Shape (1, columns)."""
    return sparse.csr_array(values[None, :])


def row_sizes(matrix: Matrix, empty: float) -> Floats:
    """The largest absolute entry of each row; ``empty`` for a row without entries. Shape (rows,)."""
    sizes = abs(matrix).max(axis=1).toarray().ravel() if matrix.shape[1] else np.zeros(matrix.shape[0])
    return np.where(sizes > 0, sizes, empty).astype(np.float64)


def row_sums(matrix: Matrix) -> Floats:
    """The sum of the absolute entries of each row. Shape (rows,)."""
    return np.asarray(abs(matrix).sum(axis=1), dtype=np.float64)


def column_sums(matrix: Matrix) -> Floats:
    """The sum of each column. Shape (columns,)."""
    return np.asarray(matrix.sum(axis=0), dtype=np.float64)


def rows_over(matrix: Matrix, divisors: Floats) -> Matrix:
    """Divide each row. ``divisors`` has shape (rows,)."""
    return sparse.csr_array(sparse.diags_array(1 / divisors) @ matrix)


def columns_times(matrix: Matrix, factors: Floats) -> Matrix:
    """Multiply each column. ``factors`` has shape (columns,)."""
    return sparse.csr_array(matrix * factors[None, :])
