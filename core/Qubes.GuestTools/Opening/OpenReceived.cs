using Qubes.GuestTools.Commands;
using Qubes.GuestTools.Desktop;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Opening;

/// <summary>
/// <c>vm-file-editor</c>: the service <c>qubes.OpenInVM</c> (spec: conversion services, section 4). It takes a name and a file, waits
/// until the program that opens it has ended, and sends the file back if it was changed.
/// </summary>
internal sealed class OpenReceived : ICommand
{
    public string Name => "vm-file-editor";

    public string Usage => "(a name of 256 bytes and a file on standard input)";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var field = new byte[OpenName.Size];
        if (await surroundings.Input.ReadAtLeastAsync(field, field.Length, throwOnEndOfStream: false, cancellation) < field.Length)
            throw new CommandException("the caller sent no name");
        var name = OpenName.TryDecode(field) ?? throw new CommandException("the caller's name is no name of a file");
        var folder = Directory.CreateTempSubdirectory(surroundings.RemoteQube + "-");
        try
        {
            return await OpenAsync(Path.Combine(folder.FullName, name.Name), name.IsViewOnly, surroundings, cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> OpenAsync(string path, bool viewOnly, Surroundings surroundings, CancellationToken cancellation)
    {
        await StoreAsync(path, surroundings.Input, cancellation);
        if (viewOnly)
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        var stored = File.GetLastWriteTimeUtc(path);
        var program = await new Handlers(surroundings).ForFileAsync(path, cancellation);
        var status = await program.RunAsync(cancellation);
        if (File.Exists(path) && File.GetLastWriteTimeUtc(path) != stored)
            await SendBackAsync(path, surroundings.Output, cancellation);
        return status == ExitCode.Success ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task StoreAsync(string path, Stream input, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await input.CopyToAsync(file, 64 * 1024, cancellation);
    }

    private static async Task SendBackAsync(string path, Stream output, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await file.CopyToAsync(output, 64 * 1024, cancellation);
        await output.FlushAsync(cancellation);
    }
}
