namespace Qubes.Sdk.Domains;

/// <summary>The kinds of qube; the names are the Admin API's class names (spec: domain model, section 2).</summary>
public enum QubeClass
{
    /// <summary>The host itself: <c>dom0</c>, exactly one.</summary>
    AdminVM,

    /// <summary>A system image that others are based on.</summary>
    TemplateVM,

    /// <summary>A qube with its own private volume on a template's root.</summary>
    AppVM,

    /// <summary>A qube with root and private volumes of its own.</summary>
    StandaloneVM,

    /// <summary>A disposable, based on a disposable template.</summary>
    DispVM,

    /// <summary>A qube of another host, reached through a local one.</summary>
    RemoteVM,
}
