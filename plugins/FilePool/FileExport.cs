using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>
/// Committed content that is held open: commits replace the file and never write to it, so that its bytes stay whatever
/// becomes of its name, and nothing is left behind by a daemon that is killed meanwhile.
/// </summary>
internal sealed class FileExport(SafeFileHandle file) : IVolumeExport
{
    /// <inheritdoc/>
    public string Path { get; } = string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{file.DangerousGetHandle()}");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
