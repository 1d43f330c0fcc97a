namespace Qubes.Sdk.Scripting;

/// <summary>What became of a script; the names in small letters are what users see.</summary>
public enum ScriptState
{
    /// <summary>It ships with the program, and nobody has enabled it.</summary>
    Available,

    /// <summary>It is being compiled, or started.</summary>
    Starting,

    /// <summary>It does what it registered.</summary>
    Active,

    /// <summary>It was refused, does not compile, or was switched off.</summary>
    Malfunctioned,

    /// <summary>It ships with the program; one of the administrator's has its name.</summary>
    Superseded,
}
