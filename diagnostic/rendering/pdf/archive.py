"""What makes a tagged PDF an archival one too: it names both of its standards, and its streams can be told apart.

WeasyPrint writes one variant. Here the other one's identification joins the XMP metadata (ISO 19005-3, 6.6;
ISO 14289-1, 5), which stand uncompressed, and the property that PDF/A does not know is described beside it.
"""

from __future__ import annotations

import zlib

import pydyf
from weasyprint.pdf.stream import Stream as Drawing

from .compact import shorten_drawing

END_OF_RDF = b"</rdf:RDF>"
PDF_UA_1 = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
UNCLEAR_END = b"\r\nendstream"
"""A stream that ends with a carriage return: it may be read as part of the line end, and the length as wrong."""


def name_both_standards(pdf: pydyf.PDF) -> None:
    """Add PDF/UA-1 to the metadata of `pdf`, which name PDF/A alone. Raises `ValueError` where there are none."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    text = b"\n".join(metadata.stream)
    if text.count(END_OF_RDF) != 1:
        raise ValueError("the metadata are not the ones that are known here")
    metadata.stream = [text.replace(END_OF_RDF, PDF_UA_1 + END_OF_RDF)]
    metadata.compress = False


def name_attachments_once(pdf: pydyf.PDF) -> None:
    """Each associated file once in the catalog, where WeasyPrint names it twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def compress_streams(pdf: pydyf.PDF) -> None:
    """Compress every stream of `pdf` once, where it would be done for its identifier and again for its writing.

    None ends with a carriage return: a drawing gets an empty line more, anything else stays as it is.
    """
    for stream in pdf.objects:
        if not isinstance(stream, pydyf.Stream) or not stream.compress:
            continue
        content = b"\n".join(_bytes_of(part) for part in stream.stream)
        if isinstance(stream, Drawing):
            content = shorten_drawing(content)
        packed = zlib.compress(content, 9)
        while isinstance(stream, Drawing) and packed.endswith(b"\r"):
            content += b"\n"
            packed = zlib.compress(content, 9)
        stream.compress = False
        if not packed.endswith(b"\r"):
            stream.stream = [packed]
            stream.extra["Filter"] = "/FlateDecode"


def _bytes_of(part: object) -> bytes:
    if isinstance(part, bytes):
        return part
    return part.data if isinstance(part, pydyf.Object) else str(part).encode("ascii")
