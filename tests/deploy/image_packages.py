"""image_packages.py ROOT PACKAGES_TXT: the packages recorded in an image come from packages.txt (`runtime`) or are needed by one that
does, and its SBOM lists just these."""

import json
import pathlib
import re
import sys

root, listed = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
records = {path.name: path.read_text() for path in (root / "var/lib/dpkg/status.d").iterdir()}
wanted = {"base-files"}  # the licences that the others' copyright files point to
wanted |= {line.split()[1] for line in listed.read_text().splitlines() if line.startswith("runtime ")}


def needs(record):
    fields = re.findall(r"^(?:Pre-)?Depends: (.*)$", record, re.MULTILINE)
    return {re.split(r"[ (:|]", each.strip())[0] for field in fields for choice in field.split(",") for each in choice.split("|")}


reached, todo = set(), wanted & set(records)
while todo:
    name = todo.pop()
    reached.add(name)
    todo |= (needs(records[name]) & set(records)) - reached
if strangers := set(records) - reached:
    sys.exit(f"packages that packages.txt does not lead to: {sorted(strangers)}")
if silent := [name for name in records if not (root / "usr/share/doc" / name / "copyright").is_file()]:
    sys.exit(f"packages without their copyright file: {silent}")

bill = json.loads((root / "usr/share/doc/convoy/sbom.spdx.json").read_text())
names = [package["name"] for package in bill["packages"]]
if sorted(names) != sorted([*records, "convoy"]):
    sys.exit(f"the SBOM and the records differ: {set(names) ^ {*records, 'convoy'}}")
ids = {package["SPDXID"] for package in bill["packages"]}
if any(not re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", each) for each in ids) or len(ids) != len(names):
    sys.exit("an SPDXID of the SBOM is malformed or given twice")
if {each["relatedSpdxElement"] for each in bill["relationships"]} != ids - {"SPDXRef-convoy"}:
    sys.exit("the relationships of the SBOM do not name each package once")
