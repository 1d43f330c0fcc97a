using Qubes.Plugins.FilePool.Freezing;
using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Drivers;

/// <summary>
/// Opens pools of the driver <c>file</c>, or of <c>file-reflink</c>: the same files, on a file system that shares blocks
/// between them. Sharing is used wherever there is any; <c>file-reflink</c> promises it, and so refuses to open a pool where
/// there is none, unless its option <c>setup_check</c> is <c>False</c>.
/// </summary>
internal sealed class FilePoolDriver(TimeProvider time, bool sharesBlocks = false) : IStoragePoolDriver
{
    private const string SetupCheck = "setup_check";
    private const int ProbeLength = 4096; // a whole block: an empty file would be "shared" anywhere

    /// <inheritdoc/>
    public string Name => sharesBlocks ? "file-reflink" : "file";

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = sharesBlocks
        ? ["revisions_to_keep", DirectoryOption.Name, SetupCheck, "ephemeral_volatile"]
        : ["revisions_to_keep", DirectoryOption.Name, "ephemeral_volatile"];

    /// <inheritdoc/>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel)
    {
        DirectoryOption.RefuseUnknown(configuration, Options);
        _ = (configuration.RevisionsToKeep, configuration.EphemeralVolatile); // refused here, not at first use
        var directory = DirectoryOption.Read(configuration);
        var isChecked = sharesBlocks && configuration.Flag(SetupCheck, otherwise: true);
        return Task.Run<IStoragePool>(() => Open(configuration, directory, isChecked), cancel);
    }

    private FilePool Open(PoolConfiguration configuration, string directory, bool isChecked)
    {
        try
        {
            Directory.CreateDirectory(directory, VolumeFiles.DirectoryMode);
            if (isChecked && !CanShareBlocks(directory))
            {
                throw new StorageException(
                    $"Pool {configuration.Name}: the file system of {directory} cannot share blocks between files, as Btrfs and XFS "
                    + $"can; choose another dir_path, driver file, or {SetupCheck}=False to have contents copied");
            }
            FrozenFiles.Tidy(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Pool {configuration.Name}: dir_path cannot be used: {e.Message}");
        }
        return new FilePool(configuration, directory, time);
    }

    private static bool CanShareBlocks(string directory)
    {
        var name = $"{directory}/.sharing-{Guid.NewGuid():N}";
        using var source = DeletedFile(name + "-a");
        using var target = DeletedFile(name + "-b");
        source.Write(new byte[ProbeLength]);
        return FileCalls.TryShareBlocks(source.SafeFileHandle, target.SafeFileHandle);
    }

    private static FileStream DeletedFile(string path)
    {
        var file = ImageFile.CreateNew(path);
        File.Delete(path); // at once, so that nothing stays of an open that is killed
        return file;
    }
}
