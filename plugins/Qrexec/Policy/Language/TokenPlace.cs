namespace Qubes.Policy.Language;

/// <summary>Where a token stands; the language allows not all of them everywhere.</summary>
internal enum TokenPlace
{
    /// <summary>The third column.</summary>
    Source,

    /// <summary>The fourth column.</summary>
    Target,

    /// <summary><c>target=</c> and <c>default_target=</c>.</summary>
    Redirect,

    /// <summary>What a caller asked for.</summary>
    Request,
}
