using System.Text;
using System.Text.RegularExpressions;
using Qubes.Machine.Launcher;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>
/// The runtime directory of one machine, the daemon's alone: the machine's user owns nothing in it and cannot enter it, since
/// the launcher makes the sockets and QEMU inherits them.
/// </summary>
internal sealed partial class MachineFiles
{
    /// <exception cref="QubeException">The name is not a qube's, or the sockets' paths are too long.</exception>
    public MachineFiles(string parent, string name)
    {
        if (!NamePattern().IsMatch(name))
            throw new QubeException($"'{name}' is not a qube's name");
        Directory = $"{parent}/{name}";
        var longest = Encoding.UTF8.GetByteCount(Console);
        if (longest > LaunchDescription.MaximumSocketPath)
        {
            throw new QubeException(
                $"{Console}: a socket's path has at most {LaunchDescription.MaximumSocketPath} bytes, this one {longest}; "
                + "choose a shorter QUBES_ROOT");
        }
    }

    public string Directory { get; }

    /// <summary>QMP.</summary>
    public string Control => Directory + "/qmp";

    /// <summary>The agent's port.</summary>
    public string Agent => Directory + "/agent";

    /// <summary>The serial console's output.</summary>
    public string Console => Directory + "/console";

    /// <summary>What the next daemon needs to find the machine.</summary>
    public string Record => Directory + "/record.json";

    /// <summary>Makes the directory, empty.</summary>
    public void Make()
    {
        Remove();
        System.IO.Directory.CreateDirectory(
            Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Deletes everything in it; quiet when it is not there.</summary>
    public void Remove()
    {
        while (System.IO.Directory.Exists(Directory))
        {
            try
            {
                System.IO.Directory.Delete(Directory, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody else is deleting it as well.
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex NamePattern();
}
