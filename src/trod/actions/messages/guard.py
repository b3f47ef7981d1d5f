"""Which addresses messages may go to: public ones, and private ones that were opened on purpose.

An address is judged by its number, after everything that hides one address in another was taken
off. Names are judged by what they lead to, at the moment of connecting: see ``http.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

IP: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


class ForbiddenError(ValueError):
    """An address that no message may go to. The text says why, and never repeats the address."""


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


NEVER: Final = _networks(
    "169.254.0.0/16",  # link-local, where clouds tell machines their keys
    "168.63.129.16/32",
    "100.100.100.200/32",
    "192.0.0.192/32",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
    "fe80::/10",
)
"""Not even by `allow`: there the machine learns who it is, with its keys."""
OPENABLE: Final = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""What `allow` may open: networks of one's own."""
_DENIED_4: Final = _networks(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
_GLOBAL_6: Final = ip_network("2000::/3")  # everything else is no place on the internet
_DENIED_6: Final = _networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
_NAT64: Final = ip_network("64:ff9b::/96")
_LOCAL_NAT64: Final = ip_network("64:ff9b:1::/48")
_TRANSLATED: Final = ip_network("::ffff:0:0:0/96")
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
_LOW: Final = 0xFFFFFFFF

_HOME: Final = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]/?#:@\\]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^#?]*)?(?P<query>\?[^#]*)?",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[!-\[\]-~]+")  # ASCII that is seen, without the backslash


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads, taken apart."""

    tls: bool
    host: str  # lower case, without brackets and final dot
    port: int
    path: str  # with the query; may hold a token, so it is never shown

    @property
    def shown(self) -> str:
        """Say where, without what may be secret."""
        scheme = "https" if self.tls else "http"
        usual = self.port == (443 if self.tls else 80)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}{'' if usual else f':{self.port}'}"

    @property
    def number(self) -> IP | None:
        """Give the address that the host is, None where it is a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def target(url: str, allow: Sequence[Network] = ()) -> Target:
    """Take an address apart, and refuse what no name server needs to be asked about.

    Parameters
    ----------
    url
        As it stands in trod.yml.
    allow
        Private networks that were opened on purpose.

    Raises
    ------
    ForbiddenError
        If it is no plain http or https address, or leads to a place that is not open.

    Examples
    --------
    >>> target("https://hooks.example/in?key=1").shown
    'https://hooks.example'
    >>> target("http://[::ffff:127.0.0.1]/")
    Traceback (most recent call last):
    trod.actions.messages.guard.ForbiddenError: the address is of this machine...
    """
    if not _PLAIN.fullmatch(url):
        raise ForbiddenError(
            "the address holds something else than plain ASCII. Write names of other scripts as "
            "xn--…, and everything else with % and two digits."
        )
    found = _URL.fullmatch(url)
    if found is None:
        raise ForbiddenError(
            "this is no address to send to. Write https://name/path, without user, password and #."
        )
    tls = found["scheme"].lower() == "https"
    port = int(found["port"] or (443 if tls else 80))
    if not 0 < port < 65536:
        raise ForbiddenError("there is no such port. Write one from 1 to 65535.")
    path = (found["path"] or "/") + (found["query"] or "")
    asked = Target(tls, _host(found["host"]), port, path)
    if asked.number is not None:
        judge(asked.number, allow)
    elif _at_home(asked.host) and not allow:
        raise ForbiddenError(f"{asked.host} is a name of one's own network. {_OPEN}")
    return asked


_OPEN: Final = (
    "Messages go to public addresses. Where this is on purpose, open the network with `allow:`."
)


def _host(given: str) -> str:
    if given.startswith("["):
        try:
            return str(IPv6Address(given[1:-1]))
        except ValueError:
            raise ForbiddenError("what stands in brackets is no IPv6 address.") from None
    host = given.lower().removesuffix(".")
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))  # four decimal numbers, no octal, no hexadecimal
        except ValueError:
            raise ForbiddenError(
                "the host is written as a number. Write an IPv4 address as four decimal numbers."
            ) from None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ForbiddenError("the host is no name that a name server knows.")
    return host


def _at_home(host: str) -> bool:
    return "." not in host or any(host == end or host.endswith(f".{end}") for end in _HOME)


def judge(found: IP, allow: Sequence[Network] = ()) -> None:
    """Refuse an address that no message may go to.

    Raises
    ------
    ForbiddenError
        If it, or an address hidden in it, is not public and was not opened.

    Examples
    --------
    >>> judge(ip_address("9.9.9.9"))
    >>> judge(ip_address("10.1.2.3"), [ip_network("10.1.0.0/16")])
    >>> judge(ip_address("169.254.169.254"), [ip_network("0.0.0.0/0")])
    Traceback (most recent call last):
    trod.actions.messages.guard.ForbiddenError: the address is one at which ...
    """
    every = layers(found)
    *outer, last = every
    if any(_within(each, NEVER) for each in every):
        raise ForbiddenError("the address is one at which machines get their keys. Never open.")
    if any(_denied(each) and not _carries(each) for each in outer):
        raise ForbiddenError(f"the address hides another one. {_OPEN}")
    if _within(last, allow):
        return
    if last.is_loopback:
        raise ForbiddenError(f"the address is of this machine. {_OPEN}")
    if _denied(last):
        raise ForbiddenError(f"the address is not public. {_OPEN}")


def _carries(found: IP) -> bool:
    """Say whether it is only a way to write, or to reach, the IPv4 address in it."""
    return isinstance(found, IPv6Address) and (found.ipv4_mapped is not None or found in _NAT64)


def _denied(found: IP) -> bool:
    if isinstance(found, IPv4Address):
        return _within(found, _DENIED_4)
    return found not in _GLOBAL_6 or _within(found, _DENIED_6)


def layers(found: IP) -> tuple[IP, ...]:
    """Give an address and whatever address is hidden in it, outermost first.

    Examples
    --------
    >>> [str(each) for each in layers(ip_address("2002:7f00:1::"))]
    ['2002:7f00:1::', '127.0.0.1']
    """
    every: list[IP] = [found]
    while isinstance(found, IPv6Address) and (inner := _inner(found)) is not None:
        every.append(inner)
        found = inner
    return tuple(every)


def _inner(found: IPv6Address) -> IPv4Address | None:
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    if found.sixtofour is not None:
        return found.sixtofour
    if found.teredo is not None:
        return found.teredo[1]
    number = int(found)
    last = IPv4Address(number & _LOW)
    embeds = found in _NAT64 or found in _LOCAL_NAT64 or found in _TRANSLATED
    if embeds or (number >> 32) & _LOW in _ISATAP:
        return last
    compatible = number >> 32 == 0 and number > 1  # ::1 is this machine, :: is nothing
    return last if compatible else None


def _within(found: IP, networks: Iterable[Network]) -> bool:
    return any(found.version == each.version and found in each for each in networks)


def openable(text: str) -> Network:
    """Read a network of `allow:`.

    Raises
    ------
    ValueError
        If it is no network, or not one of one's own.

    Examples
    --------
    >>> openable("10.1.0.0/16")
    IPv4Network('10.1.0.0/16')
    """
    try:
        found = ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no network. Write 10.1.0.0/16 or 192.168.7.20/32.") from None
    for each in OPENABLE:
        if found.version == each.version and found.subnet_of(each):  # type: ignore[arg-type]
            return found
    known = ", ".join(str(each) for each in OPENABLE)
    raise ValueError(f"{text} cannot be opened. What can lies within {known}.")
