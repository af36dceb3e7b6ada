//! The creators and the copyright of a picture, as thumbnails keep them.

/// The maximum number of creators. More creators are ignored.
pub(crate) const MAX_CREATORS: usize = 20;

/// The creators of a picture, its copyright, and its terms of use.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rights {
    pub(crate) creators: Vec<String>,
    pub(crate) copyright: Option<String>,
    pub(crate) credit: Option<String>,
    /// The terms of use, and the address of their full text.
    pub(crate) usage_terms: Option<String>,
    pub(crate) web_statement: Option<String>,
}
