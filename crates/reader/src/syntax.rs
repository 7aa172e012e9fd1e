//! Transfer syntaxes: how the data set and its pixels are coded (PS3.5 section 10, PS3.6 table A-1).

use serde::{Deserialize, Serialize};

/// The syntaxes that are told apart; the rest is [`Syntax::Other`] and is refused by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Syntax {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
    /// General Electric's own: implicit VR little endian with pixels in big endian.
    ImplicitBigPixels,
    Deflated,
    EncapsulatedUncompressed,
    Rle,
    /// Cosine transform, Huffman coded, 8 or 12 bit: baseline, extended, and the retired progressive ones.
    Jpeg,
    JpegLossless,
    JpegLs,
    Jpeg2000,
    HtJpeg2000,
    JpegXl,
    /// No DICOM at all: the bare voxels of a NIfTI file.
    Nifti {
        big: bool,
    },
    Other(String),
}

impl Syntax {
    pub fn from_uid(uid: &str) -> Self {
        let Some(rest) = uid.strip_prefix("1.2.840.10008.1.2") else {
            return match uid {
                "1.2.840.113619.5.2" => Syntax::ImplicitBigPixels,
                // Philips' own name for explicit VR little endian.
                "1.3.46.670589.33.1.4.1" => Syntax::ExplicitLittle,
                _ => Syntax::Other(uid.to_owned()),
            };
        };
        match rest {
            "" => Syntax::ImplicitLittle,
            ".1" => Syntax::ExplicitLittle,
            ".2" => Syntax::ExplicitBig,
            ".1.99" => Syntax::Deflated,
            ".1.98" => Syntax::EncapsulatedUncompressed,
            ".5" => Syntax::Rle,
            ".4.50" | ".4.51" | ".4.53" | ".4.55" => Syntax::Jpeg,
            ".4.57" | ".4.70" => Syntax::JpegLossless,
            ".4.80" | ".4.81" => Syntax::JpegLs,
            ".4.90" | ".4.91" => Syntax::Jpeg2000,
            ".4.201" | ".4.202" | ".4.203" => Syntax::HtJpeg2000,
            ".4.110" | ".4.111" | ".4.112" => Syntax::JpegXl,
            _ => Syntax::Other(uid.to_owned()),
        }
    }

    /// Whether frames lie in fragments as code streams (PS3.5 A.4).
    pub fn is_compressed(&self) -> bool {
        match self {
            Syntax::ImplicitLittle
            | Syntax::ExplicitLittle
            | Syntax::ExplicitBig
            | Syntax::ImplicitBigPixels
            | Syntax::Deflated
            | Syntax::EncapsulatedUncompressed
            | Syntax::Nifti { .. } => false,
            Syntax::Rle
            | Syntax::Jpeg
            | Syntax::JpegLossless
            | Syntax::JpegLs
            | Syntax::Jpeg2000
            | Syntax::HtJpeg2000
            | Syntax::JpegXl
            | Syntax::Other(_) => true,
        }
    }

    /// Whether its frames are decoded with the feature `codecs` only. What lies in fragments and is said to be uncompressed
    /// may be anything.
    pub fn needs_codecs(&self) -> bool {
        matches!(
            self,
            Syntax::EncapsulatedUncompressed
                | Syntax::Jpeg
                | Syntax::JpegLossless
                | Syntax::JpegLs
                | Syntax::Jpeg2000
                | Syntax::HtJpeg2000
        )
    }

    /// What a person calls it.
    pub fn name(&self) -> &str {
        match self {
            Syntax::ImplicitLittle => "implicit VR little endian",
            Syntax::ExplicitLittle => "explicit VR little endian",
            Syntax::ExplicitBig => "explicit VR big endian",
            Syntax::ImplicitBigPixels => "implicit VR little endian with big endian pixels",
            Syntax::Deflated => "deflated explicit VR little endian",
            Syntax::EncapsulatedUncompressed => "encapsulated uncompressed",
            Syntax::Rle => "RLE lossless",
            Syntax::Jpeg => "JPEG",
            Syntax::JpegLossless => "JPEG lossless",
            Syntax::JpegLs => "JPEG-LS",
            Syntax::Jpeg2000 => "JPEG 2000",
            Syntax::HtJpeg2000 => "High-Throughput JPEG 2000",
            Syntax::JpegXl => "JPEG XL",
            Syntax::Nifti { .. } => "NIfTI",
            Syntax::Other(uid) => uid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_of_ps3_6() {
        for (uid, syntax) in [
            ("1.2.840.10008.1.2", Syntax::ImplicitLittle),
            ("1.2.840.10008.1.2.1", Syntax::ExplicitLittle),
            ("1.2.840.10008.1.2.1.99", Syntax::Deflated),
            ("1.2.840.10008.1.2.4.70", Syntax::JpegLossless),
            ("1.2.840.10008.1.2.4.81", Syntax::JpegLs),
            ("1.2.840.10008.1.2.4.203", Syntax::HtJpeg2000),
        ] {
            assert_eq!(Syntax::from_uid(uid), syntax);
        }
        let video = "1.2.840.10008.1.2.4.100";
        assert_eq!(Syntax::from_uid(video), Syntax::Other(video.to_owned()));
        assert_eq!(Syntax::from_uid("1.2.3"), Syntax::Other("1.2.3".to_owned()));
    }
}
