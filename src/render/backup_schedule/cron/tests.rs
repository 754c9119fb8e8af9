use super::*;

fn next(schedule: &str, zone: &str, after: &str) -> String {
    let cron = Cron::parse(schedule).expect(schedule);
    let zone = Zone::named(zone).expect(zone);
    cron.after(after.parse().expect(after), &zone).expect(schedule).to_string()
}

#[test]
fn a_schedule_is_read_as_kubernetes_reads_it() {
    let monday = "2026-01-05T10:07:30Z";
    for (schedule, expected) in [
        ("0 3 * * *", "2026-01-06T03:00:00Z"),
        ("8 10 * * *", "2026-01-05T10:08:00Z"),
        ("7 10 * * *", "2026-01-06T10:07:00Z"),
        ("*/15 * * * *", "2026-01-05T10:15:00Z"),
        ("5/20 * * * *", "2026-01-05T10:25:00Z"),
        ("0 9-17/4 * * *", "2026-01-05T13:00:00Z"),
        ("0 0 * * SUN", "2026-01-11T00:00:00Z"),
        ("0 0 * feb *", "2026-02-01T00:00:00Z"),
        ("0 0 ? * mon-fri", "2026-01-06T00:00:00Z"),
        // Both days are restricted: either will do.
        ("0 0 13 * 5", "2026-01-09T00:00:00Z"),
        // One is a star: the other decides.
        ("0 0 13 * *", "2026-01-13T00:00:00Z"),
        ("0 0 1,*/10 * *", "2026-01-11T00:00:00Z"),
        ("@daily", "2026-01-06T00:00:00Z"),
        ("@midnight", "2026-01-06T00:00:00Z"),
        ("@hourly", "2026-01-05T11:00:00Z"),
        ("@weekly", "2026-01-11T00:00:00Z"),
        ("@monthly", "2026-02-01T00:00:00Z"),
        ("@yearly", "2027-01-01T00:00:00Z"),
        ("@annually", "2027-01-01T00:00:00Z"),
        ("0 0 29 2 *", "2028-02-29T00:00:00Z"),
    ] {
        assert_eq!(next(schedule, "UTC", monday), expected, "{schedule}");
    }
}

#[test]
fn what_kubernetes_refuses_is_refused() {
    for (schedule, why) in [
        ("", "has 0"),
        ("0 3 * *", "has 4"),
        ("0 0 3 * * *", "has 6"),
        ("@every 1h", "no such macro"),
        ("@Daily", "no such macro"),
        ("60 * * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 0 0 * *", "day of month"),
        ("0 0 * 13 *", "month"),
        ("0 0 * * 7", "day of week"),
        ("0 0 L * *", "day of month"),
        ("0 0 * * 5#2", "day of week"),
        ("0 0 15W * *", "day of month"),
        ("0 0 +1 * *", "day of month"),
        ("5-1 * * * *", "minute"),
        ("*/0 * * * *", "minute"),
        ("1,, * * * *", "minute"),
        ("a * * * *", "minute"),
        ("H H * * *", "minute"),
    ] {
        let message = Cron::parse(schedule).expect_err(schedule);
        assert!(message.contains(why), "{schedule}: {message}");
    }
}

#[test]
fn a_schedule_goes_by_the_clock_of_its_zone() {
    let berlin = |after| next("30 2 * * *", "Europe/Berlin", after);
    assert_eq!(berlin("2026-01-05T10:00:00Z"), "2026-01-06T01:30:00Z");
    assert_eq!(berlin("2026-07-05T10:00:00Z"), "2026-07-06T00:30:00Z");
    // That night there is no half past two: it comes an hour later.
    assert_eq!(berlin("2026-03-28T10:00:00Z"), "2026-03-29T01:30:00Z");
    assert_eq!(berlin("2026-03-29T02:00:00Z"), "2026-03-30T00:30:00Z");
}

#[test]
fn zones_go_by_their_exact_names() {
    for name in ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"] {
        assert!(Zone::named(name).is_some(), "{name}");
    }
    for name in ["", "Local", "local", "europe/berlin", "CEST", "Mars/Olympus", "../UTC"] {
        assert!(Zone::named(name).is_none(), "{name}");
    }
}

#[test]
fn a_time_that_never_comes_is_none() {
    let never = Cron::parse("0 0 30 2 *").expect("Kubernetes takes it");
    assert_eq!(never.after("2026-01-05T10:00:00Z".parse().expect("a time"), &Zone::utc()), None);
}
