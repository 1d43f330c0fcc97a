using Qubes.Policy;
using Qubes.Policy.Loading;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Policy;

/// <summary>Reads policy for a command: a mistake is a failure that is told as <c>FILE:LINE: what</c>.</summary>
internal static class PolicyFiles
{
    /// <summary>The policy that is in force.</summary>
    /// <exception cref="ToolException">There is a mistake in it.</exception>
    public static LoadedPolicy Load(Session session)
    {
        try
        {
            return PolicyLoader.Load(session.Paths.Policy, new DiskPolicyFiles());
        }
        catch (PolicyLoadException e)
        {
            throw new ToolException(e.Message, cause: e);
        }
    }

    /// <summary>The bytes of a file that somebody names.</summary>
    /// <param name="maximum">More is refused.</param>
    /// <exception cref="ToolException">There is none, or it is longer.</exception>
    public static byte[] Read(string path, int maximum = PolicyLimits.FileBytes)
    {
        var bytes = new DiskPolicyFiles().Read(path, maximum) ?? throw new ToolException($"{path}: there is no such file");
        return bytes.Length <= maximum ? bytes : throw new ToolException($"{path}: the file has more than {maximum} bytes");
    }
}
