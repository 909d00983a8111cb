#!/bin/sh
# sbom.sh ROOT...: the SPDX 2.3 list, as JSON, of the Debian packages recorded in these roots, and of Convoy itself. VERSION and
# SOURCE_DATE_EPOCH say what is described and when it was made.
set -eu
packages=$(for root in "$@"; do ls "$root/var/lib/dpkg/status.d"; done | sort -u)
created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

cat <<JSON
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "convoy-$VERSION",
  "documentNamespace": "https://spdx.org/spdxdocs/convoy-$VERSION-$SOURCE_DATE_EPOCH",
  "creationInfo": {"created": "$created", "creators": ["Tool: docker/image/sbom.sh"]},
  "documentDescribes": ["SPDXRef-convoy"],
  "packages": [
    {"SPDXID": "SPDXRef-convoy", "name": "convoy", "versionInfo": "$VERSION", "downloadLocation": "NOASSERTION",
     "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION", "filesAnalyzed": false}
JSON
# shellcheck disable=SC2016,SC2086 # the braces are dpkg-query's; one word a package
dpkg-query -W -f ',    {"SPDXID": "SPDXRef-deb-${Package}", "name": "${Package}", "versionInfo": "${Version}",
     "sourceInfo": "${source:Package} ${source:Version}", "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION",
     "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION", "filesAnalyzed": false, "externalRefs": [
     {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
      "referenceLocator": "pkg:deb/debian/${Package}@${Version}?arch=${Architecture}"}]}\n' $packages |
  sed -E '/referenceLocator/{s/\+/%2B/g; s/@([0-9]+):/@\1%3A/}; s/SPDXRef-deb-([^"]*)\+\+/SPDXRef-deb-\1pp/'
echo '  ],'
echo '  "relationships": ['
separator=' '
for package in $packages; do
  id=$(echo "$package" | sed 's/++/pp/')
  echo "   $separator{\"spdxElementId\": \"SPDXRef-convoy\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"SPDXRef-deb-$id\"}"
  separator=,
done
echo '  ]'
echo '}'
