"""Addresses that no message may go to, however they are written."""

_FOUR = [
    "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1",
    "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.254", "169.254.169.254",
    "169.254.0.1", "169.254.170.2", "168.63.129.16", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
]  # fmt: skip
_SIX = [
    "::", "::1", "0:0:0:0:0:0:0:1", "fe80::1", "fec0::1", "fc00::1", "fd00::1", "fd00:ec2::254",
    "fd20:ce::254", "ff02::1", "ff0e::1", "100::1", "2001::1", "2001:2::1", "2001:10::1",
    "2001:20::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1",
    "64:ff9b:1::1", "64:ff9b:1::7f00:1",
]  # fmt: skip
_HIDING = [
    "::ffff:{}", "::{}", "64:ff9b::{}", "64:ff9b:1::{}", "::ffff:0:{}", "2001:db9::5efe:{}",
    "2a00:1450::200:5efe:{}",
]  # fmt: skip
_HIDDEN = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.100.100.200", "0.0.0.0"]
_WRAPPED = [
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "2002:c0a8:101::1", "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:4136:e378:8000:63bf:5601:5601",
]  # fmt: skip
_ODD = [
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
    "http://017700000001/", "http://127.1/", "http://127.0.1/", "http://0/", "http://127.0.0.1./",
    "http://127.0.0.01/", "http://00000177.0.0.1/", "http://0x7F.1/", "http://4294967295/",
    "http://1.1.1.1@127.0.0.1/", "http://user:pw@127.0.0.1/", "http://good.example@127.0.0.1/",
    "http://127.0.0.1#@good.example/", "http://127.0.0.1\\@good.example/",
    "http://good.example\\@127.0.0.1/", "http://127.0.0.1%23@good.example/",
    "http://good.example#@127.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/",
    "http://127。0。0。1/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://ｌｏｃａｌｈｏｓｔ/", "http://localhost/",
    "http://LOCALHOST/", "http://localhost./", "http://a.localhost/", "http://printer.local/",
    "http://metadata.google.internal/", "http://metadata/", "http://intranet/", "http://db.lan/",
    "http://router.home.arpa/", "http://[::1%25lo]/", "http://[fe80::1%25eth0]/", "http://[::1",
    "http://::1/", "http://[127.0.0.1]/", "http://[]/", "http:///", "http://", "http:127.0.0.1/",
    "//127.0.0.1/", "127.0.0.1", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/",
    "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "unix:///var/run/docker.sock",
    "javascript:alert(1)", "data:text/plain,x", "jar:http://127.0.0.1!/", "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:80:80/",
    "http:// 127.0.0.1/", " http://127.0.0.1/", "http://127.0.0.1 /", "http://127.0.0.1\t/",
    "http://127.0.0.1\r\nHost: good.example/", "http://127.0.0.1\n/", "http://127.0.0.1\x00/",
    "http://good.example\x00.127.0.0.1/", "http://good.example/\r\nX-Injected: 1", "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/", "http://local%68ost/", "http://bücher.example/", "http://lo­calhost/",
    "http://loc‍alhost/", "http://-bad.example/", "http://bad..example/", "http://.example/",
    "HTTP://127.0.0.1/", "hTtPs://127.0.0.1/", "https://127.0.0.1:443/", "https://[::1]:8443/",
]  # fmt: skip

NUMBERS: tuple[str, ...] = (
    *_FOUR,
    *_SIX,
    *(form.format(each) for form in _HIDING for each in _HIDDEN),
    *_WRAPPED,
)
"""As a name server may say them."""
URLS: tuple[str, ...] = (
    *(f"http://{each}/hook" for each in _FOUR),
    *(f"http://[{each}]/hook" for each in NUMBERS if ":" in each),
    *_ODD,
)
"""As somebody may write them into trod.yml, or a receiver into a redirect."""
