"""Which network addresses may be called: decided on the number that is connected to, never on the name."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "100.100.100.200/32",  # metadata, Aliyun
        "168.63.129.16/32",  # metadata, Azure
        "192.0.0.0/24",  # protocol assignments, and metadata of some clouds
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/128",
        "fe80::/10",
        "fec0::/10",
        "fd00:ec2::/32",  # metadata, AWS
        "fd20:ce::/32",  # metadata, GCP
        "ff00::/8",
    )
)
"""Not even a host that the list calls internal may resolve to one of these."""

TUNNELS = tuple(
    ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0:0/96", "3fff::/20")
)
UNICAST = ip_network("2000::/3")
"""IPv6 addresses that carry an IPv4 address inside: what they reach is decided elsewhere, so never."""


def is_number(host: str) -> bool:
    """Tell whether a host is written as a number instead of a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def may_connect(text: str, *, internal: bool) -> bool:
    """Tell whether a call may go to this address; `internal` lets private and loopback ones pass."""
    try:
        address: Address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if "%" in text:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return False
    if any(address in network for network in (*NEVER, *TUNNELS) if network.version == address.version):
        return False
    if isinstance(address, IPv6Address) and int(address) < 2**32 and not address.is_loopback:
        return False
    if internal:
        return True
    return address.is_global and (isinstance(address, IPv4Address) or address in UNICAST)
