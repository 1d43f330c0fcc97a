using System.Globalization;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preloading;

/// <summary>How events are told to people.</summary>
internal static class MomentText
{
    /// <summary>When, by the host's clock.</summary>
    public static string Time(PreloadMoment moment, Session session) =>
        TimeZoneInfo.ConvertTime(moment.At, session.Clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
