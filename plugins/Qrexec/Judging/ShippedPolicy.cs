using Microsoft.Extensions.Logging;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>
/// The policy that ships. On an installed system a package puts it into <c>/etc</c>; a daemon below a <c>QUBES_ROOT</c> of its own
/// copies it there when it finds no policy at all, and never again.
/// </summary>
internal sealed class ShippedPolicy(QubesPaths paths, PolicyStore store, ILogger<ShippedPolicy> logger)
{
    public void CopyIfThereIsNone()
    {
        string from = paths.Shared + "/policy.d";
        string to = store.Directories.Fixed;
        if (paths.Root.Length == 0 || !Directory.Exists(from) || (Directory.Exists(to) && Directory.EnumerateFileSystemEntries(to).Any()))
            return;
        try
        {
            Directory.CreateDirectory(to);
            foreach (string file in Directory.EnumerateFiles(from, "*.policy"))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            Log.ShippedPolicyCopied(logger, to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is there then is read, and denies more than the whole would allow.
            Log.ShippedPolicyNotCopied(logger, to, e.Message);
        }
    }
}
