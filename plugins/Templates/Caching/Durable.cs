namespace Qubes.Plugins.Templates.Caching;

/// <summary>Makes files durable before a rename makes them visible, so that a power cut leaves no empty ones behind.</summary>
internal static class Durable
{
    /// <summary>Every file below the directory.</summary>
    public static void Flush(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read);
            RandomAccess.FlushToDisk(file);
        }
    }
}
