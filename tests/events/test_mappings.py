"""Mappings of real exports: each reads its export whole, to the touchpoints written beside it."""

from __future__ import annotations

import pytest

from tests.events.exports import Export, as_expected, company, exports, in_order, stored, trod

EXPORTS = exports()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_D2_D12_an_export_is_read_by_naming_its_mapping(export: Export, tmp_path):
    told = trod("-C", company(tmp_path, [export], events=export.events), "ingest")
    (report,) = told["sources"]
    assert {key: report[key] for key in export.account} == export.account
    left_out = [*report["dropped"].values(), *report["quarantined"].values()]
    assert report["received"] == report["stored"] + report["duplicate"] + sum(left_out)
    expected = in_order(export.touchpoints)
    assert as_expected(stored(tmp_path), expected) == expected
