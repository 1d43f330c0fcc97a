using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Processes;
using Qubes.Plugins.Templates.Recipes;

namespace Qubes.Plugins.Templates.Images;

/// <summary>The directory that becomes a root image: unpacked packages, the user, the overlay, the recipe's commands.</summary>
internal sealed class RootTree(string path, string scratch, Action<string> onLine, CancellationToken cancel)
{
    /// <summary>Of what this makes; part of the key.</summary>
    public const int Version = 1;

    // What only the building of the image needed.
    private static readonly string[] _leftovers =
    [
        "etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf.d/99mmdebstrap", "var/lib/apt/lists", "var/cache/apt",
        "var/cache/debconf", "var/log/apt", "var/log/dpkg.log", "var/log/bootstrap.log", "var/log/alternatives.log",
    ];

    /// <summary>Makes the tree in the build's directory and returns its path.</summary>
    public static async Task<string> BuildAsync(
        string archive, Recipe recipe, IReadOnlyList<OverlayEntry> overlay, WorkDirectory work,
        Action<string> onLine, CancellationToken cancel)
    {
        var tree = new RootTree(work.NewFolder("tree"), work.NewFolder("scratch"), onLine, cancel);
        await tree.UnpackAsync(archive, "--zstd");
        await tree.AddUserAsync(recipe.User);
        await tree.LayOverAsync(overlay);
        foreach (var command in recipe.Post)
            await tree.RunInsideAsync("/bin/sh", "-eu", "-c", command);
        await tree.RunAsync("rm", ["-rf", "--", .. _leftovers.Select(l => System.IO.Path.Combine(tree.Path, l))]);
        return tree.Path;
    }

    /// <summary>Makes a tree with only a home directory.</summary>
    public static async Task<string> BuildHomeAsync(string user, WorkDirectory work, Action<string> onLine, CancellationToken cancel)
    {
        var tree = new RootTree(work.NewFolder("home"), work.NewFolder("scratch"), onLine, cancel);
        await tree.LayOverAsync([new OverlayFolder("home"), new OverlayFolder("home/" + user) { Owner = UserId }]);
        return tree.Path;
    }

    private const int UserId = 1000;

    private string Path => path;

    private Task UnpackAsync(string archive, params string[] options) => RunAsync("tar",
    [
        .. options, "--extract", "--file", archive, "--directory", path, "--same-permissions", "--same-owner", "--numeric-owner",
        "--no-overwrite-dir", "--keep-directory-symlink",
        // A running qube has its own devices, and only root of the host could make nodes.
        "--exclude=./dev/?*",
    ]);

    private async Task LayOverAsync(IReadOnlyList<OverlayEntry> overlay)
    {
        var archive = System.IO.Path.Combine(scratch, "overlay.tar");
        Overlay.Write(overlay, archive);
        await UnpackAsync(archive);
    }

    // Locked: no password opens the account.
    private Task AddUserAsync(string user) => RunInsideAsync(
        "useradd", "--uid", UserId.ToString(), "--user-group", "--create-home", "--shell", "/bin/bash", "--", user);

    // With the devices and processes that programs expect; both mounts are the tool's own and end with it.
    private Task RunInsideAsync(params string[] command) => RunAsync("sh",
    [
        "-euc", "for d in dev proc; do mkdir -p \"$0/$d\"; mount --rbind \"/$d\" \"$0/$d\"; done; exec chroot \"$0\" \"$@\"",
        path, .. command,
    ]);

    private async Task RunAsync(string program, params string[] arguments) =>
        await ToolRunner.RunAsync(new ToolCommand(program, arguments) { WorkingDirectory = scratch, OnLine = onLine }, cancel);
}
