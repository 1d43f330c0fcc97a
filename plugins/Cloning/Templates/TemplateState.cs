namespace Qubes.Plugins.Cloning.Templates;

/// <summary>How the memory template of one disposable template stands.</summary>
internal enum TemplateState
{
    /// <summary>There is none: not made yet, or given up to stay within the budget.</summary>
    None,

    /// <summary>One is being made or proven; disposables are booted meanwhile.</summary>
    Building,

    /// <summary>Proven; disposables start as its copies.</summary>
    Ready,

    /// <summary>The last disposable that asked is made from something else; a new one is made.</summary>
    Outdated,

    /// <summary>A copy did not take an identity of its own, or copies failed again and again: out of service.</summary>
    Refused,

    /// <summary>None could be made; it is tried again.</summary>
    Failed,
}
