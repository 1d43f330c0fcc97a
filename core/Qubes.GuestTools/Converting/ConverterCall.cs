using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Qubes.Conversion;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Converting;

/// <summary>
/// A call of a converter through a <c>qrexec-client-vm</c> of its own, with the file on its way in while the answer comes out.
/// Disposing of it ends the call.
/// </summary>
internal sealed class ConverterCall : IAsyncDisposable
{
    // What Dangerzone waits for a status (spec: conversion services, section 1, trusted side).
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(15);

    private const int ErrorRoom = 4096;

    private readonly Process process;
    private readonly Task sending;
    private readonly Task<string> errors;
    private readonly TimeProvider clock;

    private ConverterCall(Process process, ReadOnlyMemory<byte> head, Stream file, TimeProvider clock)
    {
        (this.process, this.clock) = (process, clock);
        Output = PipeReader.Create(process.StandardOutput.BaseStream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        sending = SendAsync(head, file);
        errors = KeepErrorsAsync();
    }

    /// <summary>The answer.</summary>
    public PipeReader Output { get; }

    /// <param name="head">Sent before the file.</param>
    /// <exception cref="CommandException">There is no client.</exception>
    public static ConverterCall Start(string service, ReadOnlyMemory<byte> head, Stream file, Surroundings surroundings)
    {
        var client = surroundings.Program("qrexec-client-vm");
        var start = new ProcessStartInfo(client, ["@dispvm", service])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new ConverterCall(Process.Start(start)!, head, file, surroundings.Clock);
        }
        catch (Win32Exception e)
        {
            throw new CommandException($"cannot run {client}: {e.Message}", ExitCode.NotFound);
        }
    }

    /// <summary>Waits until all of the file has been read, by us or not at all.</summary>
    /// <exception cref="IOException">It cannot be read to its end.</exception>
    public Task SentAsync() => sending;

    /// <summary>The call's status, which has 15 s to come.</summary>
    /// <exception cref="ConversionException">It was not 0, or did not come.</exception>
    public async Task ExpectSuccessAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(StatusLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ConversionException($"the converter did not end within {StatusLimit.TotalSeconds} s after its answer");
        }

        if (process.ExitCode != 0)
            throw new ConversionException(Describe(process.ExitCode, await errors), process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        // Whatever it says no longer matters.
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)errors).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Output.CompleteAsync();
        process.Dispose();
    }

    private static string Describe(int status, string said) => status switch
    {
        64 => "the disposable has no LibreOffice to open this with",
        ExitCode.Refused => "the call was refused, or no disposable could be started",
        ExitCode.NotFound => "the disposable has no such converter",
        255 => "the connection to the disposable was lost",
        _ => $"the converter failed with status {status}{(said.Length > 0 ? $": {said}" : "")}",
    };

    private async Task SendAsync(ReadOnlyMemory<byte> head, Stream file)
    {
        var buffer = new byte[64 * 1024];
        var input = process.StandardInput.BaseStream;
        try
        {
            head.CopyTo(buffer);
            for (var count = head.Length; ;)
            {
                if (count > 0 && !await TryWriteAsync(input, buffer.AsMemory(0, count)))
                    return;
                count = await file.ReadAsync(buffer);
                if (count == 0)
                    return;
            }
        }
        finally
        {
            await TryCloseAsync(input);
        }
    }

    // The converter may refuse a file before it has all of it; why, says its status.
    private static async Task<bool> TryWriteAsync(Stream input, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await input.WriteAsync(bytes);
            await input.FlushAsync();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task TryCloseAsync(Stream input)
    {
        try
        {
            await input.DisposeAsync();
        }
        catch (IOException)
        {
            // As above.
        }
    }

    // Keeps the first line and reads on, so that the other side is never kept from writing.
    private async Task<string> KeepErrorsAsync()
    {
        var room = new byte[ErrorRoom];
        var source = process.StandardError.BaseStream;
        var kept = await source.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false);
        await source.CopyToAsync(Stream.Null);
        return SafeText.OneLine(Encoding.UTF8.GetString(room, 0, kept).Split('\n')[0]);
    }
}
