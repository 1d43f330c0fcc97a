namespace Qubes.Plugins.Templates.Recipes;

/// <summary>What a template is made of; read by <see cref="RecipeReader"/>, which has checked every value.</summary>
/// <param name="Name">
/// The recipe's name and the template's, unless the caller gives another; at most 27 characters, so that <c>-dvm</c> fits.
/// </param>
/// <param name="Description">One line for people.</param>
/// <param name="Suite">The distribution's release, e.g. <c>bookworm</c>.</param>
internal sealed record Recipe(string Name, string Description, string Suite)
{
    /// <summary>Packages beyond the essential ones and those that the services need.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Names of services that plugins offer.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Files that are copied from the host.</summary>
    public IReadOnlyList<RecipeFile> Files { get; init; } = [];

    /// <summary>Bytes of the root image; unused ones take no room.</summary>
    public long RootSize { get; init; } = 4L << 30;

    /// <summary>Bytes of the disposable template's private image; null: blank, so that a disposable keeps <c>/rw</c> in memory.</summary>
    public long? PrivateSize { get; init; }

    /// <summary>MiB.</summary>
    public int Memory { get; init; } = 400;

    /// <summary>The user that services run as; never root.</summary>
    public string User { get; init; } = "user";

    /// <summary>Shell commands that root runs in the image at the end, in order.</summary>
    public IReadOnlyList<string> Post { get; init; } = [];
}

/// <summary>A file of a recipe.</summary>
/// <param name="Source">Absolute path on the host.</param>
/// <param name="Target">Absolute path in the image.</param>
/// <param name="Mode">Permission bits, at most 0777.</param>
internal sealed record RecipeFile(string Source, string Target, UnixFileMode Mode);
