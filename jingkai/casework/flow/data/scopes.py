"""Fork scopes: where a task stands inside nested parallel parts.

A scope is a path such as `Fork_1:Flow_a/Fork_2:Flow_d`: inside the branch of `Fork_1` that starts with the
sequence flow `Flow_a`, and in there inside a branch of `Fork_2`. The empty path is outside every fork.
Element ids are XML names, so neither `/` nor a colon of our own can occur in them (the reader refuses ids
with a colon). One token at most stands in a scope at any time; that is what makes the join rule
"no open task remains under the fork" true.
"""


def step_into(scope: str, fork: str, flow: str) -> str:
    """Return the scope of the branch of `fork` that begins with the sequence flow `flow`."""
    return f"{scope}/{fork}:{flow}" if scope else f"{fork}:{flow}"


def parent_scope(scope: str) -> str:
    """Return the scope around the innermost fork; the outermost scope is the empty path."""
    return scope.rpartition("/")[0]


def branches_of(scope: str, fork: str) -> str:
    """Return the prefix that every scope inside `fork` (itself standing in `scope`) begins with."""
    return f"{scope}/{fork}:" if scope else f"{fork}:"


def inside(scope: str, outer: str) -> bool:
    """Say whether `scope` is `outer` itself or lies anywhere under it."""
    return not outer or scope == outer or scope.startswith(f"{outer}/")


def common_scope(one: str, other: str) -> str:
    """Return the innermost scope that holds both paths."""
    shared: list[str] = []
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        shared.append(left)
    return "/".join(shared)
