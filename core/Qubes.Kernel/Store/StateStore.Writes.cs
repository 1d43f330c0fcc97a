using Microsoft.Data.Sqlite;

namespace Qubes.Kernel.Store;

// What the domain model changes. A write that the tables would refuse is refused here, where it is made: in the transaction
// it would keep everybody's changes from being saved.
internal sealed partial class StateStore
{
    private readonly Statements _statements;

    /// <inheritdoc/>
    public void PutQube(StoredQube qube)
    {
        Add(_statements.PutQube, qube.Qid, qube.Uuid.ToString("D"), qube.Name, qube.Class);
        _qids.Add(qube.Qid);
    }

    /// <inheritdoc/>
    public void DeleteQube(int qid)
    {
        Add(_statements.DeleteQube, qid);
        _qids.Remove(qid);
    }

    /// <inheritdoc/>
    public void PutProperty(int qid, string name, string? value) => Add(_statements.PutProperty, Known(qid), name, value);

    /// <inheritdoc/>
    public void DeleteProperty(int qid, string name) => Add(_statements.DeleteProperty, qid, name);

    /// <inheritdoc/>
    public void PutFeature(int qid, string name, string value) => Add(_statements.PutFeature, Known(qid), name, value);

    /// <inheritdoc/>
    public void DeleteFeature(int qid, string name) => Add(_statements.DeleteFeature, qid, name);

    /// <inheritdoc/>
    public void PutTag(int qid, string tag) => Add(_statements.PutTag, Known(qid), tag);

    /// <inheritdoc/>
    public void DeleteTag(int qid, string tag) => Add(_statements.DeleteTag, qid, tag);

    /// <inheritdoc/>
    public void PutVolume(StoredVolume volume) => Add(
        _statements.PutVolume, Known(volume.Qid), volume.Name, volume.Position, volume.Pool, volume.Vid, volume.Size,
        volume.Writable, volume.SnapOnStart, volume.SaveOnStop, volume.SourceQid, volume.SourceVolume, volume.RevisionsToKeep,
        volume.Ephemeral);

    /// <inheritdoc/>
    public void DeleteVolume(int qid, string name) => Add(_statements.DeleteVolume, qid, name);

    /// <inheritdoc/>
    public void PutDocument(int qid, string kind, string content) => Add(_statements.PutDocument, Known(qid), kind, content);

    /// <inheritdoc/>
    public void DeleteDocument(int qid, string kind) => Add(_statements.DeleteDocument, qid, kind);

    /// <inheritdoc/>
    public void PutSystemProperty(string name, string? value) => Add(_statements.PutSystemProperty, name, value);

    /// <inheritdoc/>
    public void DeleteSystemProperty(string name) => Add(_statements.DeleteSystemProperty, name);

    /// <inheritdoc/>
    public void PutPool(StoredPool pool)
    {
        Add(_statements.PutPool, pool.Name, pool.Driver);
        Add(_statements.ClearPoolOptions, pool.Name);
        foreach (var (name, value) in pool.Options)
            Add(_statements.AddPoolOption, pool.Name, name, value);
    }

    /// <inheritdoc/>
    public void DeletePool(string name) => Add(_statements.DeletePool, name);

    /// <inheritdoc/>
    public void PutLabel(StoredLabel label) => Add(_statements.PutLabel, label.Index, label.Name, label.Color);

    /// <inheritdoc/>
    public void DeleteLabel(int index) => Add(_statements.DeleteLabel, index);

    /// <inheritdoc/>
    public void PutSetting(string key, string value) => Add(_statements.PutSetting, key, value);

    private int Known(int qid) => _qids.Contains(qid)
        ? qid
        : throw new InvalidOperationException($"No qube with qid {qid} is stored: store it before what belongs to it.");

    private void Add(SqliteCommand command, params object?[] values)
    {
        foreach (var value in values)
            if (value is string text && text.Contains('\0'))
                throw new ArgumentException("Stored text has no NUL: it would end there.");
        _pending.Add(new PendingWrite(command, values));
        Changes++;
    }
}
