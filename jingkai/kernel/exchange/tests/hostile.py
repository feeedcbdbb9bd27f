"""Two hundred targets that nobody should reach: addresses as they stand, and names that lead to them."""
# ruff: noqa: E501

from __future__ import annotations

ADDRESSES = (
    # loopback and this host
    "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "0.255.255.255",
    # private
    "10.0.0.1", "10.255.255.255", "10.10.10.10", "172.16.0.1", "172.20.3.4", "172.31.255.254",
    "192.168.0.1", "192.168.1.1", "192.168.255.255",
    # shared space, link-local, metadata
    "100.64.0.1", "100.100.100.200", "100.127.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2",
    "169.254.169.253", "168.63.129.16", "192.0.0.192", "192.0.0.8", "192.0.0.170",
    # documentation, benchmarks, multicast, reserved, broadcast
    "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "224.0.0.1", "224.0.0.251",
    "239.255.255.250", "240.0.0.1", "250.1.2.3", "255.255.255.255",
    # IPv6: unspecified, loopback, link-local, unique local, site-local, multicast, documentation
    "::", "::1", "fe80::1", "fe80::a9fe:a9fe", "febf::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254",
    "fec0::1", "ff02::1", "ff05::2", "2001:db8::1", "2001:db8:ffff::1", "100::1",
    # IPv4 inside IPv6: mapped, compatible, 6to4, Teredo, NAT64
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:192.168.1.1", "::ffff:8.8.8.8",
    "::127.0.0.1", "::10.0.0.1", "::169.254.169.254", "2002:7f00:1::", "2002:a00:1::", "2002:a9fe:a9fe::1",
    "2002:c0a8:101::", "2001:0:7f00:1::", "2001::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "::ffff:0:127.0.0.1", "::ffff:c0a8:101", "2002:ac10:1::1", "64:ff9b::c0a8:101", "fdff:ffff::1", "3fff::1",
    # scoped
    "fe80::1%eth0", "fe80::1%1", "::1%lo",
)  # fmt: skip

WRITTEN = (
    # numbers that some readers take for addresses
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0x0.0x0.0x1/", "http://017700000001/",
    "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0/", "http://0x0/", "http://3232235521/",
    "http://2852039166/", "http://0xA9FEA9FE/", "http://169.254.43518/", "http://[::]:80/", "http://[::1]/",
    "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::ffff:169.254.169.254]/",
    "http://[fe80::1%25eth0]/", "http://[::1%25lo]/", "http://127.0.0.1.:80/", "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://localhost/", "http://LOCALHOST/", "http://localhost./",
    "http://localhost.localdomain/", "http://ip6-localhost/", "http://ip6-loopback/", "http://0.0.0.0:8000/",
    # names of metadata services and of the inside
    "http://metadata/", "http://metadata.google.internal/computeMetadata/v1/", "http://instance-data/",
    "http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/latest/meta-data/",
    "http://kubernetes.default.svc/", "http://docker.internal/", "http://host.docker.internal/",
    "http://db.internal:5432/", "http://redis:6379/", "http://postgres:5432/", "http://gateway.local/",
    # names that lead inside from outside
    "http://127.0.0.1.nip.io/", "http://10.0.0.1.nip.io/", "http://localtest.me/", "http://lvh.me/",
    "http://customer1.app.localhost/", "http://7f000001.rbndr.us/", "http://spoofed.example/",
    # user names, confusing separators, other readers
    "http://listed.example@127.0.0.1/", "http://listed.example:443@127.0.0.1/", "http://127.0.0.1@listed.example/",
    "https://listed.example@10.0.0.1/", "https://user:pass@listed.example/", "https://listed.example%40evil.example/",
    "https://listed.example\\@127.0.0.1/", "https://listed.example\\.evil.example/", "https:\\\\listed.example/",
    "https://evil.example#@listed.example/", "https://evil.example?@listed.example/",
    "https://evil.example/@listed.example/", "https://evil.example;listed.example/", "https://listed.example%00.evil/",
    "https://listed.example%2eevil.example/", "https://listed.example .evil.example/", "https://listed.example\t/",
    "https://listed.example\r\nHost: evil/", "https://listed.example\n/", " https://listed.example/",
    "https://listed.example\x00/", "https://%6cisted.example/", "https://listed.example:80@evil.example/",
    "https://[listed.example]/", "https://listed.example]/", "https://[::1]listed.example/",
    "https://listed.example:443:443/", "https://listed.example:+443/", "https://listed.example: 443/",
    "https://listed..example/", "https://.listed.example/", "https://listed.example,evil.example/",
    # other schemes
    "file:///etc/passwd", "file://listed.example/etc/passwd", "ftp://listed.example/", "gopher://127.0.0.1:6379/_",
    "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "jar:https://listed.example!/", "data:text/plain,x",
    "javascript:alert(1)", "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "ssh://listed.example/",
    "tftp://127.0.0.1/", "netdoc:///etc/passwd", "//127.0.0.1/", "127.0.0.1", "listed.example", "", "http://", "http:///",
    "https://", "https:///listed.example", "http:listed.example", "https:/listed.example",
    # right name, wrong way
    "http://listed.example/", "http://listed.example:443/", "https://listed.example:8443/", "https://listed.example:22/",
    "https://listed.example:0/", "https://listed.example:-1/", "https://listed.example:65536/",
    "https://listed.example:99999999/", "https://listed.example:http/", "https://listed.example:４４３/",
    "https://sub.listed.example/", "https://listed.example.evil.example/", "https://xlisted.example/",
    "https://listed-example/", "https://listed.examples/", "https://lısted.example/", "https://1isted.example/",
    "https://xn--listed-.example/", "https://listed.example" + "/a" * 1200,
)  # fmt: skip
