using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Caching;

/// <summary>
/// Where the cache lies: environment <c>QUBES_TEMPLATE_CACHE</c>, else the setting <c>cache_dir</c>, else
/// <c>/var/cache/qubes/templates</c>. Several daemons may share one, run by the same user.
/// </summary>
internal sealed class CacheFolders
{
    public const string Variable = "QUBES_TEMPLATE_CACHE";

    /// <exception cref="QubesException">The path is not absolute.</exception>
    public CacheFolders(QubesPaths paths, IConfiguration settings) : this(
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named
        : settings["cache_dir"] is { Length: > 0 } set ? set
        : paths.Cache + "/templates")
    {
    }

    public CacheFolders(string root)
    {
        if (!root.StartsWith('/'))
        {
            throw new QubesException($"'{Printable.Of(root)}' cannot be the template cache: "
                + $"an absolute path is accepted ({Variable}, cache_dir)");
        }
        Root = root.TrimEnd('/');
    }

    /// <summary>The cache itself.</summary>
    public string Root { get; }

    /// <summary>Files that are only locked.</summary>
    public string Locks => Root + "/locks";

    /// <summary>Work directories of running builds, each beside its lock.</summary>
    public string Work => Root + "/work";

    /// <summary>Makes the cache's directories.</summary>
    public void Create()
    {
        foreach (var folder in new[] { Locks, Work })
            Directory.CreateDirectory(folder);
    }
}
