namespace Qubes.Tools.Applets;

/// <summary>All applets by name. A factory each, so that a run makes only the one it needs.</summary>
internal static class AppletRegistry
{
    private static readonly SortedDictionary<string, Func<Applet>> Factories = new(StringComparer.Ordinal)
    {
        ["qvm-tags"] = () => new Labels.TagsApplet(),
    };

    public static IEnumerable<string> Names => Factories.Keys;

    public static bool Contains(string name) => Factories.ContainsKey(name);

    public static Applet Make(string name) => Factories[name]();
}
