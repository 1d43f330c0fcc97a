using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Scripting;

/// <summary>The scripts. Used on the kernel loop; a plugin may ask for it in a constructor.</summary>
public interface IScripts
{
    /// <summary>All by name.</summary>
    IReadOnlyList<ScriptStatus> All { get; }

    /// <summary>Looks at the directories now; returns when what has changed was compiled and is active, or has failed.</summary>
    Task RefreshAsync(CancellationToken cancel);

    /// <summary>Compiles a text without running it.</summary>
    /// <param name="name">The name that errors are told under.</param>
    /// <param name="text">What would be in the file.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>What is wrong, <c>FILE:LINE:COLUMN: TEXT</c> each; empty: nothing.</returns>
    Task<IReadOnlyList<string>> CheckAsync(string name, string text, CancellationToken cancel);

    /// <summary>Enables a script that ships with the program, for this daemon and later ones; returns when it is active or has failed.</summary>
    /// <exception cref="QubesException">There is none of that name, or its link cannot be made.</exception>
    Task EnableAsync(string name, CancellationToken cancel);

    /// <summary>Takes that back.</summary>
    /// <exception cref="QubesException">It is the administrator's own file, or not enabled.</exception>
    Task DisableAsync(string name, CancellationToken cancel);
}
