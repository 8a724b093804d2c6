"""The company's identity provider, over SCIM 2.0 (RFC 7643, 7644): one account for each hire."""
