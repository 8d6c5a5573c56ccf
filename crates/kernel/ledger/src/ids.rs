use std::fmt;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A licence; counted from 1.
    LicenseId;
    /// A case of the court; counted from 1.
    CaseId;
    /// A minting voucher; counted from 1.
    VoucherId;
    /// A posted list of connections; counted from 1.
    RootId;
}
