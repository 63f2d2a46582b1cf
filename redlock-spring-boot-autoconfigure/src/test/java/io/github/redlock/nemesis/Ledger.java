/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.redlock.nemesis;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A connection to the database: what the locks guard, and the history of all leases. Not
 * thread-safe.
 */
final class Ledger implements AutoCloseable {

	private static final String WRITE = """
			select writes from final table (
				update guarded set token = ?, writes = writes + 1 where name = ? and token < ?)""";

	private static final String TENURE = "insert into tenure values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

	private final Connection connection;

	private final PreparedStatement write;

	Ledger(String url) throws SQLException {
		this.connection = DriverManager.getConnection(url);
		this.write = this.connection.prepareStatement(WRITE);
	}

	static void create(String url, Collection<String> keys) throws SQLException {
		try (Connection connection = DriverManager.getConnection(url);
				Statement statement = connection.createStatement()) {
			statement.execute("create table guarded (name varchar(20) primary key, token bigint, writes bigint)");
			statement.execute(
					"""
							create table tenure (client int, name varchar(20), token bigint, asked bigint, had bigint,
								valid_until bigint, writing bigint, written bigint, place bigint, seen_over boolean, lost boolean)""");
			for (String key : keys) {
				statement.execute("insert into guarded values ('" + key + "', 0, 0)");
			}
		}
	}

	/**
	 * Write to what a key guards unless a later lease has written already.
	 * @param key the key
	 * @param token the token of the lease
	 * @return the number of the write among the accepted ones, or zero if it was rejected
	 */
	long write(String key, long token) {
		try {
			this.write.setLong(1, token);
			this.write.setString(2, key);
			this.write.setLong(3, token);
			try (ResultSet result = this.write.executeQuery()) {
				return result.next() ? result.getLong(1) : 0;
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	void record(Collection<Tenure> tenures) throws SQLException {
		try (PreparedStatement insert = this.connection.prepareStatement(TENURE)) {
			for (Tenure tenure : tenures) {
				insert.setInt(1, tenure.client());
				insert.setString(2, tenure.key());
				insert.setLong(3, tenure.token());
				insert.setLong(4, tenure.asked());
				insert.setLong(5, tenure.from());
				insert.setLong(6, tenure.until());
				insert.setLong(7, tenure.writing());
				insert.setLong(8, tenure.written());
				insert.setLong(9, tenure.place());
				insert.setBoolean(10, tenure.over());
				insert.setBoolean(11, tenure.lost());
				insert.addBatch();
			}
			insert.executeBatch();
		}
	}

	History history() throws SQLException {
		List<Tenure> tenures = new ArrayList<>();
		Map<String, Long> accepted = new TreeMap<>();
		try (Statement statement = this.connection.createStatement()) {
			ResultSet row = statement.executeQuery("select * from tenure");
			while (row.next()) {
				tenures.add(new Tenure(row.getInt(1), row.getString(2), row.getLong(3), row.getLong(4), row.getLong(5),
						row.getLong(6), row.getLong(7), row.getLong(8), row.getLong(9), row.getBoolean(10),
						row.getBoolean(11)));
			}
			row = statement.executeQuery("select name, writes from guarded");
			while (row.next()) {
				accepted.put(row.getString(1), row.getLong(2));
			}
		}
		return new History(tenures, accepted);
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
