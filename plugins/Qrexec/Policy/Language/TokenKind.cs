namespace Qubes.Policy.Language;

/// <summary>What a word for a source or target stands for (spec: policy, section 3).</summary>
public enum TokenKind
{
    /// <summary>A qube by name or <c>uuid:…</c>, the host included unless it is spelled <c>@adminvm</c>.</summary>
    Qube,

    /// <summary><c>*</c>.</summary>
    Any,

    /// <summary><c>@anyvm</c>: all but the host.</summary>
    AnyVm,

    /// <summary><c>@adminvm</c>: the host.</summary>
    AdminVm,

    /// <summary><c>@tag:TAG</c>.</summary>
    Tag,

    /// <summary><c>@type:TYPE</c>.</summary>
    Type,

    /// <summary><c>@default</c>: no target was chosen.</summary>
    Default,

    /// <summary><c>@dispvm</c>: a new disposable of the source's own template for them.</summary>
    DispVm,

    /// <summary><c>@dispvm:NAME</c>: a new disposable of that template.</summary>
    DispVmOf,

    /// <summary><c>@dispvm:@tag:TAG</c>: a new disposable of any template that carries the tag.</summary>
    DispVmOfTag,
}
