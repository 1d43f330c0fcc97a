using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Qubes.Plugins.Qemu.Accelerators;

/// <summary>
/// How fast this host's time stamp counter runs. Under TCG a guest reads the host's counter, and has to be told its frequency
/// (see <see cref="Arguments.KernelCommandLine"/>). No file of Linux says it reliably: <c>cpu MHz</c> is the current clock of a
/// core. So it is measured against the monotonic clock.
/// </summary>
internal sealed partial class TscFrequency(TimeProvider time, string? kept = null) : IDisposable
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(40);
    private const long MaximumKhz = 100_000_000;
    private const uint Tolerance = 10_000; // 1/10,000: a busy host's measuring error, and 9 s a day

    private readonly SemaphoreSlim once = new(1);
    private uint? measured;

    /// <summary>kHz; null where the counter cannot be read. Measured once: 40 ms, to about 10 ppm.</summary>
    public async Task<uint?> GetKhzAsync(CancellationToken cancel)
    {
        if (!X86Base.IsSupported)
            return null;
        await once.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return measured ??= Steady(await MeasureAsync(cancel).ConfigureAwait(false));
        }
        finally
        {
            once.Release();
        }
    }

    public void Dispose() => once.Dispose();

    /// <summary>
    /// The value of an earlier daemon, as long as it is right: it is part of every guest's command line, and a memory template is
    /// good only for the very same one.
    /// </summary>
    private uint? Steady(uint? now)
    {
        if (kept is null || now is not { } khz)
            return now;
        if (File.Exists(kept)
            && uint.TryParse(File.ReadAllText(kept), NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            && Math.Abs((long)before - khz) <= khz / Tolerance)
        {
            return before;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.WriteAllText(kept + ".new", khz.ToString(CultureInfo.InvariantCulture));
        File.Move(kept + ".new", kept, overwrite: true);
        return khz;
    }

    private async Task<uint?> MeasureAsync(CancellationToken cancel)
    {
        using var counter = new Counter();
        var (firstTicks, firstTime) = Sample(counter);
        await Task.Delay(Span, time, cancel).ConfigureAwait(false);
        var (lastTicks, lastTime) = Sample(counter);
        var milliseconds = time.GetElapsedTime(firstTime, lastTime).TotalMilliseconds;
        var khz = milliseconds > 0 ? (lastTicks - firstTicks) / milliseconds : 0;
        return khz > 0 && khz < MaximumKhz ? (uint)Math.Round(khz) : null;
    }

    /// <summary>Both clocks at one instant: the pair with the least time between two looks at the counter.</summary>
    private (ulong Ticks, long Time) Sample(Counter counter)
    {
        (ulong Ticks, long Time) best = default;
        var narrowest = ulong.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = counter.Read();
            var now = time.GetTimestamp();
            var after = counter.Read();
            if (after - before >= narrowest)
                continue;
            narrowest = after - before;
            best = (before + narrowest / 2, now);
        }
        return best;
    }

    /// <summary>The instruction RDTSC, for which .NET has no name, on a page of its own.</summary>
    private sealed unsafe partial class Counter : IDisposable
    {
        private const nuint PageSize = 4096;
        private const int ReadWrite = 0x1 | 0x2; // PROT_READ | PROT_WRITE
        private const int ReadExecute = 0x1 | 0x4; // PROT_READ | PROT_EXEC
        private const int PrivateAnonymous = 0x02 | 0x20; // MAP_PRIVATE | MAP_ANONYMOUS

        private readonly byte* page;

        public Counter()
        {
            page = Map(null, PageSize, ReadWrite, PrivateAnonymous, -1, 0);
            if (page == (byte*)-1)
                throw new InvalidOperationException("mmap refuses a page");
            // rdtsc; shl rdx, 32; or rax, rdx; ret
            ReadOnlySpan<byte> code = [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];
            code.CopyTo(new Span<byte>(page, code.Length));
            if (Protect(page, PageSize, ReadExecute) != 0)
                throw new InvalidOperationException("mprotect refuses an executable page");
        }

        public ulong Read() => ((delegate* unmanaged<ulong>)page)();

        public void Dispose() => _ = Unmap(page, PageSize);

        [LibraryImport("libc", EntryPoint = "mmap")]
        private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, long offset);

        [LibraryImport("libc", EntryPoint = "mprotect")]
        private static partial int Protect(byte* address, nuint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap")]
        private static partial int Unmap(byte* address, nuint length);
    }
}
