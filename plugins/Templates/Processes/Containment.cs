namespace Qubes.Plugins.Templates.Processes;

/// <summary>
/// The prefix under which every tool runs: its own namespaces of processes and mounts, which end with the daemon's death
/// and take all descendants and mounts with them. Without root it also gets a user namespace in which it is root, with the
/// subordinate ids that <c>/etc/subuid</c> gives the daemon's user, so that it can make files of any owner.
/// </summary>
/// <remarks>
/// <c>setpriv</c> ties itself to the thread that started it and becomes <c>unshare</c>; that one's death kills the first
/// process of the namespace, and so everything in it.
/// </remarks>
internal static class Containment
{
    private static readonly string[] _asRoot =
    [
        "--pdeathsig", "KILL", "--", "unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--",
    ];

    private static readonly string[] _asUser =
    [
        "--pdeathsig", "KILL", "--", "unshare", "--user", "--map-auto", "--map-root-user",
        "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--",
    ];

    public const string Program = "/usr/bin/setpriv";

    public static IReadOnlyList<string> Arguments => Environment.IsPrivilegedProcess ? _asRoot : _asUser;
}
