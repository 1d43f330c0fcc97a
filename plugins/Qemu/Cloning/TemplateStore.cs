using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>
/// The memory templates of this state directory: <c>memory-templates/KEY/</c>, a directory each. One is written under another name,
/// synced, and gets its own by one rename: there is no half-made one under a key. Each is loaded when it is used first, checked byte
/// by byte then, and stays loaded.
/// </summary>
internal sealed partial class TemplateStore(QubesPaths paths, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly string directory = paths.State + "/memory-templates";
    private readonly ConcurrentDictionary<string, MemoryTemplate> templates = new();
    private readonly ConcurrentDictionary<string, FrozenMachine> loaded = new();
    private readonly SemaphoreSlim one = new(1);
    private readonly Lock opening = new();
    private bool isOpen;
    private bool isRefused;

    /// <summary>Those that are whole.</summary>
    public IReadOnlyList<MemoryTemplate> Templates
    {
        get
        {
            Open();
            return [.. templates.Values];
        }
    }

    /// <summary>Deletes what an earlier daemon left half made and finds what it left whole. Once; later calls do nothing.</summary>
    public void Open()
    {
        lock (opening)
        {
            if (isOpen)
                return;
            isOpen = true;
            if (!Directory.Exists(directory))
                return;
            if (!TemplatePlace.IsOwn(directory, isDirectory: true))
            {
                isRefused = true;
                Log.TemplatesRefused(logger, directory, "the directory can be changed by others than the daemon's user");
                return;
            }
            foreach (var name in Directory.GetFileSystemEntries(directory).Select(path => Path.GetFileName(path)))
                Find(name);
        }
    }

    /// <exception cref="QubeException">It is no key, or there is a template of that key.</exception>
    public void CheckNew(string key)
    {
        Open();
        if (!TemplatePlace.IsKey(key))
            throw new QubeException("A memory template's key has 64 hexadecimal digits, in lower case");
        if (templates.ContainsKey(key))
            throw new QubeException($"There is a memory template {key} already");
    }

    /// <summary>Keeps a frozen machine, which is the store's from then on whatever happens.</summary>
    /// <param name="frozen">Sealed; its digests are filled in.</param>
    /// <param name="cancel">Ends it; nothing is kept then.</param>
    /// <exception cref="QubeException">It cannot be written.</exception>
    public async Task<MemoryTemplate> KeepAsync(FrozenMachine frozen, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var key = frozen.Record.Key;
        var unfinished = PlaceOf(key + TemplatePlace.Unfinished);
        try
        {
            await one.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            frozen.Dispose();
            throw;
        }
        try
        {
            CheckNew(key);
            if (isRefused)
                throw new QubeException($"The frozen machine cannot be kept: {directory} can be changed by others than the daemon's user");
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            unfinished.Make();
            frozen = frozen with { Record = await WriteAsync(frozen, unfinished, cancel).ConfigureAwait(false) };
            MemoryCalls.SyncDirectory(unfinished.Directory);
            Directory.Move(unfinished.Directory, PlaceOf(key).Directory);
            MemoryCalls.SyncDirectory(directory);
            loaded[key] = frozen;
            var template = Describe(frozen.Record);
            templates[key] = template;
            Log.Frozen(logger, key, template.MemoryBytes, (long)time.GetElapsedTime(began).TotalMilliseconds);
            return template;
        }
        catch (Exception e)
        {
            frozen.Dispose();
            unfinished.Remove();
            if (!templates.ContainsKey(key))
                PlaceOf(key).Remove(); // renamed, and then the rename could not be made sure of
            if (e is IOException or UnauthorizedAccessException)
                throw new QubeException($"The frozen machine cannot be kept in {directory}: {e.Message}");
            throw;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>A template, loaded and checked. The store's: it is disposed of when the template is removed.</summary>
    /// <exception cref="QubeException">There is none, or it is damaged, and then gone.</exception>
    public async Task<FrozenMachine> LoadAsync(string key, CancellationToken cancel)
    {
        Open();
        if (loaded.TryGetValue(key, out var known))
            return known; // without waiting for another that is being written
        await one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (loaded.TryGetValue(key, out known))
                return known;
            if (!templates.ContainsKey(key))
                throw new QubeException($"There is no memory template {key}");
            var began = time.GetTimestamp();
            var (frozen, why) = await ReadAsync(PlaceOf(key), key, cancel).ConfigureAwait(false);
            if (frozen is null)
            {
                Refuse(key, why);
                throw new QubeException($"Memory template {key} is damaged and was deleted: {why}");
            }
            Log.Loaded(logger, key, (long)time.GetElapsedTime(began).TotalMilliseconds);
            return loaded[key] = frozen;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Forgets a template. Quiet when there is none.</summary>
    public async Task RemoveAsync(string key, CancellationToken cancel)
    {
        Open();
        await one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (loaded.TryRemove(key, out var frozen))
                frozen.Dispose();
            if (templates.TryRemove(key, out _))
                Discard(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubeException($"Memory template {key} cannot be deleted: {e.Message}");
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose()
    {
        foreach (var frozen in loaded.Values)
            frozen.Dispose();
        loaded.Clear();
        one.Dispose();
    }

    /// <summary>Under the name of a half-made one first, so that it is not found again when the deletion is cut short.</summary>
    private void Discard(string key)
    {
        var unfinished = PlaceOf(key + TemplatePlace.Unfinished);
        unfinished.Remove();
        if (Directory.Exists(PlaceOf(key).Directory))
            Directory.Move(PlaceOf(key).Directory, unfinished.Directory);
        unfinished.Remove();
    }

    private void Find(string name)
    {
        var key = name.EndsWith(TemplatePlace.Unfinished, StringComparison.Ordinal) ? name[..^TemplatePlace.Unfinished.Length] : name;
        if (!TemplatePlace.IsKey(key))
            return; // not ours: left alone
        var place = PlaceOf(name);
        var record = TemplateRecord.Read(place.Record);
        var why = key != name ? "it is half made"
            : place.WhyNot() ?? (record is null ? "its description cannot be read"
            : record.Key != key ? "its description is another's" : null);
        if (why is null)
            templates[key] = Describe(record!);
        else
            Refuse(name, why);
    }

    private void Refuse(string name, string why)
    {
        templates.TryRemove(name, out _);
        Log.TemplateRefused(logger, name, why);
        try
        {
            PlaceOf(name).Remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.TemplatesRefused(logger, PlaceOf(name).Directory, e.Message); // not listed, so never used
        }
    }

    private TemplatePlace PlaceOf(string name) => new(directory + "/" + name);

    private MemoryTemplate Describe(TemplateRecord record) =>
        new(record.Key, record.Made, record.MemoryBytes, PlaceOf(record.Key).Allocated());
}
