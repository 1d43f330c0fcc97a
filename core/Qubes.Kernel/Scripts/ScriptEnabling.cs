using Qubes.Kernel.Scripts.Files;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Scripts;

/// <summary>Enables scripts that ship: by a link in the administrator's directory, which anybody may make by hand.</summary>
internal sealed class ScriptEnabling(ScriptFolders folders)
{
    /// <exception cref="QubesException">There is none of that name, or its link cannot be made.</exception>
    public void Enable(string name)
    {
        var found = Find(name);
        if (found.Use == ScriptUse.Enabled)
            return;
        if (found.Use == ScriptUse.Superseded)
            throw new QubesException($"{folders.Administrators} has a script '{name}' of its own, which counts; move it away first");
        Try(name, () => File.CreateSymbolicLink(ScriptFolders.PathOf(name, folders.Administrators), found.Path));
    }

    /// <exception cref="QubesException">It is the administrator's own file, or not enabled.</exception>
    public void Disable(string name)
    {
        var found = Find(name);
        if (found.Use != ScriptUse.Enabled)
            throw new QubesException($"The script '{name}' is not enabled");
        if (folders.FolderOf(found.Path) != folders.Shipped)
            throw new QubesException($"'{name}' is the administrator's own; move {found.Path} away");
        Try(name, () => File.Delete(ScriptFolders.PathOf(name, folders.Administrators)));
    }

    private ScriptFile Find(string name) =>
        folders.Find().Where(f => f.Name == name).OrderByDescending(f => f.Use == ScriptUse.Superseded).FirstOrDefault()
        ?? throw new QubesException($"There is no script '{name}' in {folders.Shipped} or {folders.Administrators}");

    private static void Try(string name, Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubesException($"'{name}' cannot be changed: {e.Message}", e);
        }
    }
}
