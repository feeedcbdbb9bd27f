"""Verify an exported trail without the product: `python3 verify_trail.py FOLDER`, standard library only.

FOLDER is what `jingkai audit export --into FOLDER` wrote: entries.jsonl, checkpoints/, keys/. Every entry is
fingerprinted anew (SM3), every chain followed, every checkpoint's signature proved (Ed25519, RFC 8032), every
head that it signed compared. Ask somebody else for the key's fingerprint. Exit code 0: whole.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
KEY_PREFIX = 12  # bytes of DER before the 32 of an Ed25519 public key


def digest(value):
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.new("sm3", text.encode("utf-8", "surrogatepass")).hexdigest(), text.encode()


def add(a, b):
    k = D * a[0] * b[0] * a[1] * b[1] % P
    return (
        (a[0] * b[1] + a[1] * b[0]) * pow(1 + k, -1, P) % P,
        (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P) % P,
    )


def times(point, n):
    total = (0, 1)
    for bit in bin(n)[2:]:
        total = add(add(total, total), point) if bit == "1" else add(total, total)
    return total


def point_of(raw):
    number = int.from_bytes(raw, "little")
    y = number & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("no point of the curve")
    return (x if x & 1 == number >> 255 else P - x, y)


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(pem, signature, message):
    raw = base64.b64decode("".join(pem.split("\n")[1:-2]))[KEY_PREFIX:]
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + raw + message).digest(), "little") % L
    try:
        return s < L and times(BASE, s) == add(point_of(r), times(point_of(raw), h))
    except ValueError:
        return False


def main(folder):
    faults, chains, heads, last = [], {}, {}, ("0" * 64, 0)
    keys = {path.stem[6:]: path.read_text() for path in (folder / "keys").glob("trail-*.pub")}
    with (folder / "entries.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            e = json.loads(line)
            chains.setdefault(e["stream"], []).append(e)
    for name, chain in chains.items():
        chain.sort(key=lambda e: e["sequence"])
        kind, _, number = name.rpartition(":")
        previous = "0" * 64
        for place, e in enumerate(chain, 1):
            body = {
                "format": 1,
                "stream": [kind, int(number)],
                "for": e["for_id"],
                "previous": e["previous_hash"],
            }
            body |= {name: e[name] for name in ("sequence", "at", "action", "facts", "result")}
            body["actor"] = [e[name] for name in ("actor_id", "actor_kind", "actor_mark", "user_id")]
            body["origin"] = [e[name] for name in ("ip", "request_id", "agent")]
            if (e["sequence"], e["previous_hash"], e["hash"]) != (place, previous, digest(body)[0]):
                faults.append(f"{name} #{place}: edited, deleted or moved")
                break
            previous = e["hash"]
    for path in sorted((folder / "checkpoints").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            c = json.loads(line)
            seals = ("key", "hash", "signature", "sm2_signature")
            hash_, message = digest({k: v for k, v in c.items() if k not in seals})
            if (c["hash"], c["previous"], c["number"]) != (hash_, last[0], last[1] + 1) or not signed(
                keys.get(c["key"], "\n\n\n"), base64.b64decode(c["signature"]), message
            ):
                faults.append(
                    f"checkpoint {c['number']}: altered, missing before it, or not signed by a known key"
                )
            last = (c["hash"], c["number"])
            heads.update({(f"{h[0]}:{h[1]}", h[3]): h[4] for h in c["heads"]})
    for (name, place), hash_ in sorted(heads.items()):
        if place > len(chains.get(name, [])) or chains[name][place - 1]["hash"] != hash_:
            faults.append(f"{name} #{place}: signed by a checkpoint, and cut off or changed since")
    counts = f"{sum(map(len, chains.values()))} entries, {len(chains)} chains, {last[1]} checkpoints"
    print("\n".join([*faults, f"{counts}; signed with {', '.join(sorted(keys))}"]))  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
