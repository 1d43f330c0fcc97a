namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>The agent that a build of the whole tree has laid out, if there was one.</summary>
internal static class GuestAgent
{
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var agent = Path.Combine(folder.FullName, "out/lib/qubes/guest/qubes-agent");
            if (File.Exists(agent))
                return agent;
        }
        return null;
    }
}
