"""Record linkage: which rows speak of the same thing. Rows that share a rare key are compared, and what they share and lack is weighed.

row 17  AB123456  Mohamed El Alaoui  1990-03-12   }
row 902 AB123456  محمد العلوي        12/03/1990   }  the same: +61 bits; row 88, his twin: +35 bits, but another first name and CIN
"""

from khettara.tables.linkage.fields import Field, record_fields
from khettara.tables.linkage.linking import Links, link_records

__all__ = ["Field", "Links", "link_records", "record_fields"]
