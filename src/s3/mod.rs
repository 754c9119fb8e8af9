//! A client for S3, which sends to the store that was named and nowhere else.
