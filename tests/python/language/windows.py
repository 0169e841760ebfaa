"""Window functions, and aggregates over a window, for all rows of a select at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import tree
from .expressions import Expressions
from .rows import Env, order_keys, peer_sizes
from .values import Ambiguous, convert
from .words import FrameBound, FrameExclude, FrameUnit, Type, WindowFunction


class _Partition:
    """The sorted rows of one partition, and for each the group of peers it lies in."""

    def __init__(self, rows: list[Env], keys: list[tuple[int, ...]]) -> None:
        order = sorted(range(len(rows)), key=lambda i: keys[i])
        self.rows = [rows[i] for i in order]
        sizes = peer_sizes([keys[i] for i in order])
        self.has_peers = any(size > 1 for size in sizes)
        self.group_of: list[int] = []
        self.starts: list[int] = []  # of each group of peers, and the end of the last
        for group, size in enumerate(sizes):
            self.starts.append(len(self.group_of))
            self.group_of += [group] * size
        self.starts.append(len(self.group_of))

    def peers(self, row: int) -> tuple[int, int]:
        group = self.group_of[row]
        return self.starts[group], self.starts[group + 1]


class Windows(Expressions):
    def set_windows(self, overs: Sequence[tree.Over], rows: Sequence[Env]) -> None:
        """Gives each row the values of these windows."""
        for over in overs:
            partitions: dict[tuple[Any, ...], list[Env]] = {}
            for row in rows:
                key = tuple(self.value(expr, row) for expr in over.partition)
                partitions.setdefault(key, []).append(row)
            for members in partitions.values():
                columns = [[self.value(item.value, row) for row in members] for item in over.order]
                keys = order_keys(over.order, columns, len(members))
                self._set(over, _Partition(members, keys))

    def _set(self, over: tree.Over, partition: _Partition) -> None:
        if self.eager:  # also of rows that no frame has
            for row in partition.rows:
                self._all_values(over.call.arguments, row)
        for i, row in enumerate(partition.rows):
            if isinstance(over.call, tree.Aggregate):
                frame = self._frame(over, partition, i)
                rows = over.frame is not None and over.frame.unit == FrameUnit.rows
                if rows and partition.has_peers and not self._same_whatever_order(over, partition):
                    raise Ambiguous("a frame of rows cuts through equal ones")
                found = self.aggregate(over.call, [partition.rows[j] for j in frame])
            else:
                found = self._window_call(over, over.call, partition, i)
            row.windows[id(over)] = found

    def _same_whatever_order(self, over: tree.Over, partition: _Partition) -> bool:
        frame = over.frame
        assert frame is not None
        return (
            frame.start == FrameBound.unbounded_preceding
            and frame.end == FrameBound.unbounded_following
            and frame.exclude == FrameExclude.nothing
        )

    def _window_call(
        self, over: tree.Over, call: tree.WindowCall, partition: _Partition, row: int
    ) -> Any:
        first, end = partition.peers(row)
        count = len(partition.rows)
        match call.function:
            case WindowFunction.rank:
                return first + 1
            case WindowFunction.dense_rank:
                return partition.group_of[row] + 1
            case WindowFunction.percent_rank:
                return first / (count - 1) if count > 1 else 0.0
            case WindowFunction.cume_dist:
                return end / count
        if partition.has_peers:
            raise Ambiguous("a window function depends on the sequence of equal rows")
        match call.function:
            case WindowFunction.row_number:
                return row + 1
            case WindowFunction.ntile:
                return self._bucket(row, count, self.value(call.arguments[0], partition.rows[row]))
            case WindowFunction.lag | WindowFunction.lead:
                return self._neighbour(call, partition, row)
        frame = self._frame(over, partition, row)
        place = 0
        if call.function == WindowFunction.last_value:
            place = len(frame) - 1
        elif call.function == WindowFunction.nth_value:
            place = self.value(call.arguments[1], partition.rows[row]) - 1
        if not 0 <= place < len(frame):
            return None
        return self.value(call.arguments[0], partition.rows[frame[place]])

    def _neighbour(self, call: tree.WindowCall, partition: _Partition, row: int) -> Any:
        here = partition.rows[row]
        type: Type = self.type_of(call)
        step = self.value(call.arguments[1], here) if len(call.arguments) > 1 else 1
        place = row + (step if call.function == WindowFunction.lead else -step)
        if 0 <= place < len(partition.rows):
            return convert(self.value(call.arguments[0], partition.rows[place]), type)
        return (
            convert(self.value(call.arguments[2], here), type)
            if (len(call.arguments) > 2)
            else None
        )

    @staticmethod
    def _bucket(row: int, count: int, buckets: int) -> int:
        """The first buckets have one row more where they cannot be equal."""
        size, larger = divmod(count, buckets)
        if row < larger * (size + 1):
            return row // (size + 1) + 1
        return larger + (row - larger * (size + 1)) // size + 1

    def _frame(self, over: tree.Over, partition: _Partition, row: int) -> list[int]:
        frame = over.frame
        count = len(partition.rows)
        if frame is None:
            return list(range(partition.peers(row)[1] if over.order else count))
        rows_unit = frame.unit == FrameUnit.rows
        start = self._edge(partition, row, frame.start, frame.start_count, rows_unit, False)
        end = self._edge(partition, row, frame.end, frame.end_count, rows_unit, True)
        first, last = partition.peers(row)
        within = range(max(start, 0), min(end, count))
        match frame.exclude:
            case FrameExclude.current_row:
                return [j for j in within if j != row]
            case FrameExclude.group:
                return [j for j in within if not first <= j < last]
            case FrameExclude.ties:
                return [j for j in within if j == row or not first <= j < last]
        return list(within)

    def _edge(
        self,
        partition: _Partition,
        row: int,
        bound: FrameBound,
        count: tree.Expr | None,
        rows_unit: bool,
        is_end: bool,
    ) -> int:
        """The first row of the frame, or the one after its last."""
        if bound == FrameBound.unbounded_preceding:
            return 0
        if bound == FrameBound.unbounded_following:
            return len(partition.rows)
        step = 0 if count is None else self.value(count, partition.rows[row])
        if bound == FrameBound.preceding:
            step = -step
        if rows_unit:
            return int(row + step + is_end)
        group = partition.group_of[row] + step + is_end
        groups = len(partition.starts) - 1
        return partition.starts[min(max(group, 0), groups)]
