//! When something was made, in UTC.

/// A second, as DICOM writes its date and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// YYYYMMDD.
    pub date: String,
    /// HHMMSS.
    pub time: String,
}

impl Moment {
    /// Seconds since 1970; days to dates after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    pub fn of_unix(seconds: u64) -> Self {
        let (days, of_day) = (seconds / 86_400 + 719_468, seconds % 86_400);
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year + era * 400 + u64::from(month <= 2);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        Self {
            date: format!("{year:04}{month:02}{day:02}"),
            time: format!("{hour:02}{minute:02}{second:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        // `date -u -d @SECONDS +%Y%m%d%H%M%S`
        for (seconds, date, time) in [
            (0, "19700101", "000000"),
            (951_782_399, "20000228", "235959"),
            (951_782_400, "20000229", "000000"),
            (1_772_323_200, "20260301", "000000"),
            (4_107_542_400, "21000301", "000000"),
        ] {
            assert_eq!(Moment::of_unix(seconds), Moment { date: date.into(), time: time.into() });
        }
    }
}
