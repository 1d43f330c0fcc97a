using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Launching;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Memory;

/// <summary>What a seal forbids, to everybody: on it rests that a copy cannot change its siblings.</summary>
public sealed partial class MemoryFileTests
{
    private const int NotPermitted = 1; // EPERM
    private const int PunchHole = 0x02 | 0x01; // FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int Shared = 1; // MAP_SHARED
    private const int Private = 2; // MAP_PRIVATE

    [Fact]
    public void A_sealed_file_is_changed_by_nobody_who_opens_it_for_writing_anew()
    {
        using var file = MemoryFile.Of("test", "content"u8);
        using var held = file.Hold();
        using var opened = File.OpenHandle(held.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.ThrowsAny<SystemException>(() => RandomAccess.Write(opened, "x"u8, 0));
        Assert.ThrowsAny<SystemException>(() => RandomAccess.Write(opened, "x"u8, 100));
        Refused(Truncate(opened, 0));
        Refused(Truncate(opened, 4096));
        Refused(Allocate(opened, PunchHole, 0, 4096));
        Refused(Allocate(opened, 0, 0, 8192));
        Refused((int)Map(0, 4096, ReadWrite, Shared, opened, 0));
        Assert.True(Map(0, 4096, ReadWrite, Private, opened, 0) > 0); // what QEMU does
        var content = new byte[8];
        Assert.Equal(7, RandomAccess.Read(file.Handle, content, 0));
        Assert.Equal("content\0"u8.ToArray(), content);
    }

    [Fact]
    public void A_file_that_somebody_can_write_to_is_not_sealed()
    {
        using var file = MemoryFile.Create("test", 4096);
        var mapping = Map(0, 4096, ReadWrite, Shared, file.Handle, 0);
        Assert.Throws<QubeException>(file.Seal);
        Assert.Equal(0, Unmap(mapping, 4096));
        file.Seal();
    }

    [Fact]
    public async Task A_machines_user_opens_the_file_for_writing_and_cannot_write()
    {
        var directory = Directory.CreateTempSubdirectory("seal-").FullName;
        using var file = MemoryFile.Of("test", "content"u8);
        using var held = file.Hold();
        const string Attempts =
            "export PATH=/usr/bin:/bin; exec 3<>/proc/self/fd/105 || exit; "
            + "{ echo x >&3; truncate -s 0 /proc/self/fd/105; fallocate -p -o 0 -l 4096 /proc/self/fd/105; } 2>/dev/null && echo written >&2; "
            + "echo $(cat <&105) $(stat -L -c %s /proc/self/fd/105) >&2";
        var description = new LaunchDescription("/bin/bash", ["-c", Attempts], directory, [new LaunchFile(held.Path, 105, false)], [], [],
            Environment.IsPrivilegedProcess ? new LaunchIdentity(2_000_000_007, 2_000_000_007, []) : null);
        await using var launched = await LaunchedProcess.PrepareAsync(GuestHost.LauncherPath, description, default);
        await launched.GoAsync(default);
        await launched.Errors.Finished;
        Directory.Delete(directory, recursive: true);
        Assert.Equal("content 7", launched.Errors.LastLine());
    }

    [Fact]
    public void A_descriptor_stays_open_while_it_is_held_and_is_not_held_anew_when_closed()
    {
        var file = MemoryFile.Of("test", "content"u8);
        using (var held = file.Hold())
        {
            file.Dispose();
            Assert.Equal("content", File.ReadAllText(held.Path));
        }
        Assert.Throws<QubeException>(file.Hold);
    }

    private static void Refused(int result)
    {
        var error = Marshal.GetLastPInvokeError();
        Assert.Equal((-1, NotPermitted), (result, error));
    }

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
