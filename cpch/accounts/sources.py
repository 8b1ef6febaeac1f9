"""The network address that a request comes from, behind the proxies that `CPCH_PROXY_COUNT` counts."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

UNKNOWN = "unknown"
IPV6_PREFIX = 64
"""IPv6 subscribers get a whole /64, so single addresses in it do not identify anyone."""


def source_of(request: HttpRequest) -> str:
    """The client's IPv4 address or IPv6 network, for limits and the log; "unknown" if the proxy does not send it."""
    try:
        address = ip_address(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
