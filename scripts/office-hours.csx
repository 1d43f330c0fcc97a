// office-hours: as many as may be while people work, few in the evening, none at night.
//
//   qubes-script enable office-hours
//   qvm-features debian-12-convert-dvm preload-dispvm-policy office-hours
//   qvm-features debian-12-convert-dvm office-hours 8:30-17:30        (what is not set: 8:00-18:00)
//
// Times are those of the host's clock and time zone. The first disposables are ready when work begins: they are started a little
// ahead of it. On Saturday and Sunday it is evening all day.

static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);
static readonly TimeSpan Evening = TimeSpan.FromHours(4);

(TimeSpan From, TimeSpan To) HoursOf(IQube template)
{
    var ends = template.Features.GetValueOrDefault("office-hours", "8:00-18:00").Split('-');
    return ends.Length == 2 && TimeSpan.TryParse(ends[0], out var from) && TimeSpan.TryParse(ends[1], out var to) && from < to
        ? (from, to)
        : (TimeSpan.FromHours(8), TimeSpan.FromHours(18));
}

Policy("office-hours", view =>
{
    var (from, to) = HoursOf(view.Template);
    var time = view.Now.TimeOfDay;
    var isWorkday = view.Now.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    if (isWorkday && time >= from - Ahead && time < to)
        return new(view.Max, "office hours");
    if (time >= from && time < to + Evening)
        return new(Math.Min(1, view.Max), "some may still work");
    return new(0, "nobody works now");
});
