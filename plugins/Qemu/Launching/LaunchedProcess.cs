using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Qubes.Machine.Launcher;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Launching;

/// <summary>
/// A launcher that has everything ready and waits for the word. Disposing of it before <see cref="GoAsync"/> calls the launch
/// off; so does the death of the daemon.
/// </summary>
internal sealed class LaunchedProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StreamWriter input;
    private readonly StreamReader output;
    private readonly StreamReader errors;

    private LaunchedProcess(Process process)
    {
        this.process = process;
        Pid = process.Id;
        (input, output, errors) = (process.StandardInput, process.StandardOutput, process.StandardError);
        Errors = new OutputTail(errors.BaseStream);
    }

    public int Pid { get; }

    /// <summary>What it complains about.</summary>
    public OutputTail Errors { get; }

    /// <summary>Starts the launcher and waits until it is ready.</summary>
    /// <exception cref="QubeException">It refuses, with its own words.</exception>
    public static async Task<LaunchedProcess> PrepareAsync(
        string launcher, LaunchDescription description, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(launcher)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new QubeException($"{launcher} did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new QubeException($"Cannot run the machine launcher {launcher}: {e.Message}");
        }
        var launched = new LaunchedProcess(process);
        try
        {
            await launched.DescribeAsync(description, cancel).ConfigureAwait(false);
            return launched;
        }
        catch
        {
            await launched.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets it become the machine's process.</summary>
    public async Task GoAsync(CancellationToken cancel)
    {
        await WriteAsync("go\n"u8.ToArray(), cancel).ConfigureAwait(false);
        input.Close();
    }

    /// <summary>Lets go of its streams. The process, once gone off, is not touched.</summary>
    public async ValueTask DisposeAsync()
    {
        input.Close();
        output.Close();
        errors.Close();
        await Errors.Finished.ConfigureAwait(false);
        process.Dispose();
    }

    private async Task DescribeAsync(LaunchDescription description, CancellationToken cancel)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(description, LaunchJson.Default.LaunchDescription);
        try
        {
            if (line.Length >= LaunchDescription.MaximumLength)
                throw new QubeException($"The machine's description has {line.Length} bytes, {LaunchDescription.MaximumLength} fit");
            await WriteAsync(line, cancel).ConfigureAwait(false);
            await WriteAsync("\n"u8.ToArray(), cancel).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line); // it has the machine's secrets
        }
        var answer = new byte["ready\n".Length];
        var read = await output.BaseStream.ReadAtLeastAsync(answer, answer.Length, false, cancel)
            .ConfigureAwait(false);
        if (!answer.AsSpan(0, read).SequenceEqual("ready\n"u8))
            throw await RefusalAsync("did not get ready").ConfigureAwait(false);
    }

    private async Task WriteAsync(byte[] data, CancellationToken cancel)
    {
        try
        {
            await input.BaseStream.WriteAsync(data, cancel).ConfigureAwait(false);
            await input.BaseStream.FlushAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw await RefusalAsync("ended").ConfigureAwait(false);
        }
    }

    private async Task<QubeException> RefusalAsync(string otherwise)
    {
        await Errors.Finished.ConfigureAwait(false);
        var words = Errors.LastLine();
        return new QubeException(words.Length > 0 ? words : $"The machine launcher {otherwise}");
    }
}
