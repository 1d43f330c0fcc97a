using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary>The classes a qube can have (spec: domain model, section 2).</summary>
internal static class QubeClass
{
    private static readonly string[] Names = ["AppVM", "TemplateVM", "StandaloneVM", "DispVM", "RemoteVM", "AdminVM"];

    public static string Parse(string name) => Names.Contains(name)
        ? name
        : throw new UsageException($"no such class: '{name}'; one of: {string.Join(", ", Names)}");
}
