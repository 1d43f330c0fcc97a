using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>How much memory somebody prefers to have (spec: qmemman, section 3). Bytes, cut to whole ones.</summary>
internal static class PreferredMemory
{
    public static long OfHost(MemoryOptions options, long used, long most) =>
        Math.Min((long)(used * options.CacheFactor + options.Boost), most);

    public static long OfGuest(MemoryOptions options, long used, long most) =>
        Math.Max(Math.Min((long)(used * options.CacheFactor), most), options.Floor);
}
