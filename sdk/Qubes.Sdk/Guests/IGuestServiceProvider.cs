namespace Qubes.Sdk.Guests;

/// <summary>A service that a template can be built with.</summary>
/// <param name="Name">The qrexec service, e.g. <c>dz.Convert</c>; becomes <c>/etc/qubes-rpc/NAME</c>.</param>
/// <param name="Program">The file on the host that becomes the service's executable.</param>
/// <param name="InstalledAs">Absolute path in the guest; several services may share one program, each a link to it.</param>
/// <param name="Packages">Distribution packages that it needs.</param>
public sealed record GuestService(string Name, string Program, string InstalledAs, IReadOnlyList<string> Packages)
{
    /// <summary>
    /// The program also takes the option <c>--warm-up</c>: it does a piece of harmless work and keeps nothing, so that its next start
    /// is quick. Called by the guest's service <c>qubes.WarmUp</c> in a preloaded disposable before that is paused.
    /// </summary>
    public bool WarmsUp { get; init; }
}

/// <summary>Extension point: offers guest services to the template builder, which recipes name.</summary>
public interface IGuestServiceProvider
{
    /// <summary>The services offered.</summary>
    IReadOnlyList<GuestService> Services { get; }
}
